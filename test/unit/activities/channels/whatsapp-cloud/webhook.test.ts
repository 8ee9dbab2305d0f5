import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { channelWebhooks } from '../../../../../activities/channels/webhooks.ts';

const webhook = channelWebhooks['whatsapp-cloud'];
const SECRET = 'app-secret';
/** As Meta writes it: everything beyond ASCII escaped. */
const BODY = Buffer.from('{"text":"\\u041f\\u0440\\u0438\\u0432\\u0435\\u0442 \\ud83d\\ude00","url":"https:\\/\\/x"}');

function sign(body: Uint8Array, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}
function verify(
  signature: string | string[] | undefined,
  secrets: string[] = [SECRET],
  body: Uint8Array = BODY,
): boolean {
  return webhook.verify({ headers: { 'x-hub-signature-256': signature }, body }, secrets);
}

describe('verify', () => {
  const good = sign(BODY, SECRET);

  it('accepts the signature of exactly these bytes', () => {
    expect(verify(good)).toBe(true);
    expect(verify(sign(new Uint8Array(), SECRET), [SECRET], new Uint8Array())).toBe(true);
  });

  it('accepts either secret while one replaces the other', () => {
    expect(verify(good, ['new', SECRET])).toBe(true);
    expect(verify(good, [SECRET, 'new'])).toBe(true);
    expect(verify(good, ['new', 'newer'])).toBe(false);
  });

  it.each<[string, string | string[] | undefined]>([
    ['no header', undefined],
    ['an empty one', ''],
    ['another secret', sign(BODY, 'other')],
    ['the digest alone', good.slice('sha256='.length)],
    ['one digit less', good.slice(0, -1)],
    ['one digit more', `${good}0`],
    ['a digit that is none', `${good.slice(0, -1)}g`],
    ['upper case', good.toUpperCase()],
    ['another algorithm', good.replace('sha256', 'sha1')],
    ['white space after it', `${good}\n`],
    ['the header twice', [good, good]],
  ])('refuses %s', (_name, signature) => {
    expect(verify(signature)).toBe(false);
  });

  it('refuses a body that was changed, or written anew', () => {
    const changed = Buffer.from(BODY);
    changed[3] = (changed[3] as number) ^ 1;
    expect(verify(good, [SECRET], changed)).toBe(false);
    expect(verify(good, [SECRET], Buffer.from(JSON.stringify(JSON.parse(BODY.toString()))))).toBe(false);
  });

  it('lets nobody sign with an empty secret, or with none', () => {
    expect(verify(sign(BODY, ''), [''])).toBe(false);
    expect(verify(good, [])).toBe(false);
  });
});

describe('challenge', () => {
  const query = { 'hub.mode': 'subscribe', 'hub.challenge': '0012ab', 'hub.verify_token': 'token' };

  it('returns it untouched', () => {
    expect(webhook.challenge(query, 'token')).toBe('0012ab');
  });

  it.each([
    ['a wrong token', { ...query, 'hub.verify_token': 'tokem' }, 'token'],
    ['a token twice', { ...query, 'hub.verify_token': ['token', 'token'] }, 'token'],
    ['another mode', { ...query, 'hub.mode': 'unsubscribe' }, 'token'],
    ['no challenge', { 'hub.mode': 'subscribe', 'hub.verify_token': 'token' }, 'token'],
    ['an empty token on both sides', { ...query, 'hub.verify_token': '' }, ''],
    ['nothing', {}, 'token'],
  ])('refuses %s', (_name, given, token) => {
    expect(webhook.challenge(given, token)).toBeUndefined();
  });
});
