// Players for a call's recordings.

import { h } from "./dom.js";

/** Show these recordings of an account in a list. */
export function showRecordings(list, sids, account) {
  if (list.children.length === sids.length) return;
  list.replaceChildren(...sids.map((sid) => {
    const src = `2010-04-01/Accounts/${account}/Recordings/${sid}.wav`;
    const player = h("audio", { controls: true, preload: "none", src, "aria-label": `Recording ${sid}` });
    return h("li", {}, h("span", {}, `Recording ${sid.slice(0, 8)}…`), player);
  }));
}
