// What people and programs write, and what only looks like something else.

/** Each is a message, and comes back as it is. */
export const VERBATIM: readonly string[] = [
  'Grüß Gott, wie weit ist die Kasse?',
  ' leading and trailing ',
  '\ttab\r\nand lines\n',
  '\ufeffwith a mark at its start',
  '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏿 🇦🇹 ﷺ 𝒳 \u{10ffff}',
  'שלום, مرحبا, \u202eback to front\u202c',
  'Z\u0351\u036b\u0343a\u0329l\u034dg\u0321o, and e\u0301 is not é',
  '\0',
  'a\0b',
  '\u0001\b\u001f\u007f\u0080\u009f',
  'a\u2028b\u2029c',
  '\u200b',
  '\ufffd\uffff',
  '{"type":"send","id":"1","text":"x"}',
  '{"__proto__":{"admin":true}}',
  '[]',
  'null',
  '"',
  '\\',
  '\\u0000',
  '__proto__',
  'constructor',
  '[object Object]',
  '-0',
  "'; DROP TABLE event; --",
  '<script>alert(1)</script>',
  '&lt;b&gt;',
  '%s %n %00 {{7*7}}',
  'ping',
  'pong',
  '\u0001GET / HTTP/1.1\r\n\r\n',
]

const PING = 'propromo.chat({event:"ping",action:"pong"})'
const PONG = 'propromo.chat({event:"pong",action:"ping"})'

/** Keep-alives, and the answer to each. */
export const KEEP_ALIVES: readonly (readonly [frame: string, answer: string])[] = [
  [PING, 'pong'],
  [PONG, 'ping'],
  [`  ${PING}\n`, 'pong'],
  ['propromo.chat({ event: "ping", action: "pong" })', 'pong'],
  ['propromo.chat({ event: "pong", action: "ping" })', 'ping'],
  ['propromo.chat ( {\n  event : "ping" ,\r\n\taction : "pong"\n} )\n', 'pong'],
  ['\u00a0propromo.chat(\u2003{event:"pong",\u3000action:"ping"}\ufeff)', 'ping'],
  [[...PING].join(' '), 'pong'],
]

/** As near as one can come to a keep-alive with a message. */
export const NEAR_MISSES: readonly string[] = [
  ...[`${PING};`, `${PING}${PING}`, `"${PING}"`, PING.toUpperCase(), PING.replace('chat', 'Chat'), PING.slice(0, -1)],
  ...[PING.replaceAll('"', "'"), PING.replaceAll('"', '”'), PING.replace('event', '"event"'), `${PING}\u200b`],
  ...['propromo.chat({action:"pong",event:"ping"})', 'propromo.chat({event:"ping"})', 'propromo.chat({})'],
  ...['propromo.chat({event:"ping",action:"ping"})', 'propromo.chat({event:"pong",action:"pong"})', 'propromo.chat()'],
  ...['propromo.chat({event:"ping",action:"pong",})', 'propromo_chat({event:"ping",action:"pong"})'],
]

/** Nothing but white space. */
export const BLANKS: readonly string[] = [
  ...[
    '',
    ' ',
    '    ',
    '\n',
    '\r\n',
    '\t',
    '\v',
    '\f',
    ' \t\r\n ',
    '\u00a0',
    '\ufeff',
    '\u2028\u2029',
    ' '.repeat(16_384),
  ],
  '\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000',
]
