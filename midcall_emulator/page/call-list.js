// The list of calls, newest first. Selecting a call opens its phone.

import { arrange, h, setText } from "./dom.js";
import { formatNumber, ownNumber, peerNumber, statusLabel } from "./labels.js";

class CallList extends HTMLElement {
  connectedCallback() {
    this.heading = h("h2", {}, "Calls");
    this.list = h("ol", { class: "calls" });
    this.append(this.heading, this.list);
  }

  /** Show these calls. `isOpen(sid)` tells whether the page shows the call's phone. */
  show({ calls, calls_in_all }, isOpen) {
    const count = calls_in_all > calls.length ? `newest ${calls.length} of ${calls_in_all}` : calls_in_all;
    setText(this.heading, calls_in_all ? `Calls (${count})` : "Calls");
    arrange(this.list, calls, {
      key: (call) => call.sid,
      make: (call) => h("li", {}, this.row(call.sid)),
      update: (child, call) => this.update(child.firstElementChild, call, isOpen(call.sid)),
    });
    if (!calls.length) this.list.replaceChildren(h("li", { class: "quiet" }, "No calls yet."));
  }

  row(sid) {
    const select = () => this.dispatchEvent(new CustomEvent("select-call", { detail: sid, bubbles: true }));
    const cells = ["status", "number", "peer", "warning-count"].map((name) => h("span", { class: name }));
    return h("button", { type: "button", onclick: select }, ...cells);
  }

  update(row, call, isOpen) {
    const { sign, word, style } = statusLabel(call.status);
    const set = (name, text) => setText(row.querySelector(`.${name}`), text);
    row.querySelector(".status").className = `status ${style}`;
    set("status", `${sign} ${word}`);
    set("number", formatNumber(ownNumber(call)));
    set("peer", `${call.direction === "inbound" ? "→" : "←"} ${formatNumber(peerNumber(call))}`);
    set("warning-count", call.troubles ? `▲ ${call.troubles}` : "");
    row.setAttribute("aria-pressed", isOpen);
  }
}

customElements.define("call-list", CallList);
