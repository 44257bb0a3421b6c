// The calls there are, newest first: a line for each, and a press opens its phone.

import { arrange, h, say } from "./dom.js";
import { number, other, person, state } from "./labels.js";

class CallList extends HTMLElement {
  connectedCallback() {
    this.heading = h("h2", {}, "Calls");
    this.list = h("ol", { class: "calls" });
    this.append(this.heading, this.list);
  }

  /** Show these calls; `opened` says which have their phone on the page. */
  show({ calls, calls_in_all }, opened) {
    const more = calls_in_all > calls.length ? `, the newest ${calls.length} shown` : "";
    say(this.heading, calls_in_all ? `Calls (${calls_in_all}${more})` : "Calls");
    arrange(this.list, calls, {
      key: (call) => call.sid,
      make: (call) => h("li", {}, this.line(call.sid)),
      update: (child, call) => this.update(child.firstElementChild, call, opened(call.sid)),
    });
    if (!calls.length) this.list.replaceChildren(h("li", { class: "quiet" }, "None so far."));
  }

  line(sid) {
    const choose = () => this.dispatchEvent(new CustomEvent("chosen", { detail: sid, bubbles: true }));
    return h("button", { type: "button", onclick: choose }, ...["status", "who", "whom", "troubles"].map((name) => h("span", { class: name })));
  }

  update(line, call, isOpen) {
    const [sign, word, sort] = state(call.status);
    line.querySelector(".status").className = `status ${sort}`;
    say(line.querySelector(".status"), `${sign} ${word}`);
    say(line.querySelector(".who"), number(person(call)));
    say(line.querySelector(".whom"), call.direction === "inbound" ? `→ ${number(other(call))}` : `← ${number(other(call))}`);
    say(line.querySelector(".troubles"), call.troubles ? `▲ ${call.troubles}` : "");
    line.setAttribute("aria-pressed", isOpen);
  }
}

customElements.define("call-list", CallList);
