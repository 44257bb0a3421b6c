// What was recorded of a call, to be heard once it is over.

import { h } from "./dom.js";

/** Show these recordings of an account in a list. */
export function showRecordings(list, sids, account) {
  if (list.children.length === sids.length) return;
  list.replaceChildren(...sids.map((sid) => {
    const src = `2010-04-01/Accounts/${account}/Recordings/${sid}.wav`;
    return h("li", {}, h("span", {}, `Recording ${sid.slice(0, 8)}…`), h("audio", { controls: true, preload: "none", src, "aria-label": `Recording ${sid}` }));
  }));
}
