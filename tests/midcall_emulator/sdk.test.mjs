// Twilio's SDK for Node against the emulator: changes of live calls, and the errors that the SDK raises.
import assert from "node:assert/strict";
import test from "node:test";
import twilio from "twilio";

const { EMULATOR, ACCOUNT, TOKEN, APP } = process.env;
const FROM = "+14155550100";
const client = twilio(ACCOUNT, TOKEN);
client.api.baseUrl = EMULATOR;

async function control(path, body) {
  const answer = await fetch(`${EMULATOR}/_emulator${path}`, { method: "POST", body: JSON.stringify(body ?? {}) });
  assert.ok(answer.ok, await answer.clone().text());
  return answer.json();
}

const callState = async (sid) => (await fetch(`${EMULATOR}/_emulator/calls/${sid}`)).json();
const spokenText = async (sid) => (await callState(sid)).heard.filter((item) => item.kind === "say").map((item) => item.text);
const advance = (seconds) => control("/clock", { advance: seconds });
const assertRefused = (request, status, code) => assert.rejects(request, (error) => error.status === status && error.code === code);

async function incomingCall() {
  const { sid } = await control("/calls", { from: "+14155550123", to: FROM });
  await advance(2);
  return sid;
}

test("a call is made, answered, fetched and found in the list", async () => {
  const made = await client.calls.create({ to: "+14155550177", from: FROM, url: `${APP}/start` });
  assert.equal(made.status, "queued");
  await advance(5);
  const call = await client.calls(made.sid).fetch();
  assert.deepEqual([call.status, call.direction, call.to], ["in-progress", "outbound-api", "+14155550177"]);
  const live = await client.calls.list({ status: "in-progress", to: "+14155550177" });
  assert.deepEqual(live.map((one) => one.sid), [made.sid]);
});

test("a live call is redirected, given TwiML, and ended", async () => {
  const sid = await incomingCall();
  const call = client.calls(sid);
  assert.equal((await call.update({ url: `${APP}/new`, method: "POST" })).status, "in-progress");
  await advance(1);
  await call.update({ twiml: "<Response><Say>Inline</Say><Pause length='60'/></Response>" });
  await advance(1);
  assert.deepEqual((await spokenText(sid)).slice(-2), ["New", "Inline"]);
  assert.equal((await call.update({ status: "completed" })).status, "completed");
});

test("an ended call, an unknown one and a wrong token are refused with Twilio's codes", async () => {
  const sid = await incomingCall();
  await control(`/calls/${sid}/hangup`);
  await assertRefused(client.calls(sid).update({ url: `${APP}/new` }), 400, 21220);
  await assertRefused(client.calls(`CA${"0".repeat(32)}`).fetch(), 404, 20404);
  const stranger = twilio(ACCOUNT, "wrong");
  stranger.api.baseUrl = EMULATOR;
  await assertRefused(stranger.calls(sid).fetch(), 401, 20003);
});

test("a participant of a conference is muted, held and removed", async () => {
  const [sid, other] = [await incomingCall(), await incomingCall()];
  const twiml = "<Response><Dial><Conference>room</Conference></Dial></Response>";
  for (const one of [sid, other]) await client.calls(one).update({ twiml });
  await advance(1);
  const [conference] = await client.conferences.list({ friendlyName: "room", status: "in-progress" });
  const participant = client.conferences(conference.sid).participants(sid);
  assert.equal((await participant.update({ muted: true })).muted, true);
  assert.equal((await participant.update({ hold: true })).hold, true);
  assert.equal(await participant.remove(), true);
  await advance(1);
  assert.deepEqual((await client.conferences(conference.sid).participants.list()).map((one) => one.callSid), [other]);
});

test("a recording is started, stopped, listed and deleted", async () => {
  const recordings = client.calls(await incomingCall()).recordings;
  const { sid } = await recordings.create({});
  await advance(3);
  assert.equal((await client.calls((await client.recordings(sid).fetch()).callSid).recordings(sid).update({ status: "stopped" })).status, "stopped");
  await advance(5);
  assert.equal((await client.recordings(sid).fetch()).duration, "3");
  assert.equal(await client.recordings(sid).remove(), true);
  await assertRefused(client.recordings(sid).fetch(), 404, 20404);
});

test("webhooks are signed as the SDK checks them", async () => {
  const { requests } = await callState(await incomingCall());
  const { url, params, signature } = requests[0];
  assert.ok(twilio.validateRequest(TOKEN, signature, url, params));
  assert.ok(!twilio.validateRequest("another", signature, url, params));
});
