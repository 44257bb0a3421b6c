// Whether what is shown is up to date: a word beside the title, and a line that cannot be missed when it is not.
const LOST = {
  broken: "The connection is lost: what you see may have changed. Trying again…",
  "signed-out": "You are signed out: what you see is no longer kept up to date. Load the page to sign in again.",
};

/** Show the state of a feed in the `data-connection` and `data-lost` elements of a page. */
export function showConnection(root, feed) {
  feed.addEventListener("state", ({ detail: state }) => {
    const [lost, shown] = [root.querySelector("[data-lost]"), root.querySelector("[data-connection]")];
    lost.hidden = state === "live";
    lost.textContent = LOST[state] ?? "";
    shown.hidden = false;
    shown.className = `state ${state === "live" ? "good" : "bad"}`;
    shown.textContent = state === "live" ? "Up to date" : "Not connected";
  });
}
