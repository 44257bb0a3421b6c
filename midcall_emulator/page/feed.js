// The emulator's server-sent events. After a break, the feed reconnects and resumes.

import * as api from "./api.js";

const RETRY_MILLISECONDS = 1500;

/** Follow the feed forever. `resume` is awaited before each connection and returns the last event number seen. */
export async function follow({ resume, onEvent, onConnection }) {
  for (;;) {
    try {
      const response = await api.events(await resume());
      if (!response.ok) throw new Error(`the feed responded with ${response.status}`);
      onConnection("live");
      for await (const event of readEvents(response.body)) onEvent(event);
    } catch {
      // Every failure has the same consequence: the connection is lost, and the loop tries again.
    }
    onConnection("lost");
    await new Promise((done) => setTimeout(done, RETRY_MILLISECONDS));
  }
}

async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (text + value).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const event = parse(block);
      if (event) yield event;
    }
  }
}

function parse(block) {
  const fields = {};
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
  }
  return fields.data ? { id: Number(fields.id), kind: fields.event, body: JSON.parse(fields.data) } : null;
}
