// The emulator's server-sent events, kept open: after a break it goes on where it was.

import * as api from "./api.js";

const PAUSE = 1500;

/** Follow the feed for ever. `resume` is awaited before each connection and returns the number to go on after. */
export async function follow({ resume, onEvent, onState }) {
  for (;;) {
    try {
      const response = await api.events(await resume());
      if (!response.ok) throw new Error(`the feed answered ${response.status}`);
      onState("live");
      for await (const event of happenings(response.body)) onEvent(event);
    } catch {
      // said below: whatever broke, the next attempt follows
    }
    onState("lost");
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}

async function* happenings(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (text + value).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const event = parsed(block);
      if (event) yield event;
    }
  }
}

function parsed(block) {
  const fields = {};
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
  }
  return fields.data ? { id: Number(fields.id), kind: fields.event, body: JSON.parse(fields.data) } : null;
}
