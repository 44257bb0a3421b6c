// The peer in Express 5: check Twilio's signature, store the call and the event, answer with TwiML.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const Database = require('better-sqlite3');
const express = require('express');
const twilio = require('twilio');

const publicUrl = process.env.PUBLIC_URL.replace(/\/$/, '');
const authToken = process.env.TWILIO_AUTH_TOKEN;
const scenes = `${publicUrl}/voice/scenes`;
const menuText =
  'To speak to an agent, press 1 or say agent. For our opening hours, press 2 or say hours. ' +
  'To leave a message, press 3 or say message.';

const database = new Database(process.env.DATABASE_FILE);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.pragma('busy_timeout = 5000');
database.pragma('cache_size = -16000');
database.pragma('foreign_keys = ON');
database.exec(fs.readFileSync(path.join(__dirname, '..', 'schema.sql'), 'utf8'));

const saveCall = database.prepare(`
  INSERT INTO calls (call_sid, parent_call_sid, direction, from_number, to_number, status, scene, started_at, updated_at)
  VALUES (@callSid, @parentCallSid, @direction, @from, @to, @status, 'menu', @now, @now)
  ON CONFLICT (call_sid) DO UPDATE SET status = excluded.status, scene = excluded.scene, updated_at = excluded.updated_at
`);
const saveEvent = database.prepare(`
  INSERT INTO events (call_sid, kind, params, dedupe_key, recorded_at)
  VALUES (@callSid, 'webhook', @params, @dedupeKey, @now)
  ON CONFLICT (dedupe_key) DO NOTHING
`);
const save = database.transaction((call, event) => {
  saveCall.run(call);
  saveEvent.run(event);
});

function store(form, dedupeKey) {
  const now = new Date().toISOString();
  save(
    {
      callSid: form.CallSid,
      parentCallSid: form.ParentCallSid ?? null,
      direction: form.Direction,
      from: form.From,
      to: form.To,
      status: form.CallStatus,
      now,
    },
    { callSid: form.CallSid, params: JSON.stringify(form), dedupeKey, now },
  );
}

function menu() {
  const response = new twilio.twiml.VoiceResponse();
  const action = `${scenes}/choice?attempt=1`;
  const gather = response.gather({ input: 'dtmf speech', action, timeout: 5, numDigits: 1 });
  gather.say(menuText);
  response.redirect(`${scenes}/menu?attempt=2`);
  return response.toString();
}

function signedByTwilio(request, response, next) {
  const signature = request.get('X-Twilio-Signature') ?? '';
  if (twilio.validateRequest(authToken, signature, publicUrl + request.originalUrl, request.body)) return next();
  return response.status(403).type('text/plain').send('bad signature');
}

const app = express();
app.disable('etag');
app.disable('x-powered-by');

app.post('/voice/incoming', express.urlencoded({ extended: false }), signedByTwilio, (request, response) => {
  store(request.body, request.get('I-Twilio-Idempotency-Token'));
  response.type('text/xml').send(menu());
});

const server = app.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
