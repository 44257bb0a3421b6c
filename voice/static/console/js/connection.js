// The state of the live feed: a word beside the title, and a warning line while the page may be out of date.
const WARNINGS = {
  broken: "Connection lost. This page may be out of date. Reconnecting…",
  "signed-out": "You are signed out, so this page is no longer updated. Reload it to sign in again.",
};

/** Show the state of a feed in the `data-connection` and `data-connection-lost` elements of a page. */
export function showConnection(root, feed) {
  feed.addEventListener("state", ({ detail: state }) => {
    const [warning, label] = [root.querySelector("[data-connection-lost]"), root.querySelector("[data-connection]")];
    warning.hidden = state === "live";
    warning.textContent = WARNINGS[state] ?? "";
    label.hidden = false;
    label.className = `state ${state === "live" ? "good" : "bad"}`;
    label.textContent = state === "live" ? "Live" : "Offline";
  });
}
