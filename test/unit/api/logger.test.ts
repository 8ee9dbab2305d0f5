import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createLog } from '../../../api/logger.ts';

/** What is written when this is logged. */
function written(details: object, message = 'something happened'): string {
  let text = '';
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk);
      done();
    },
  });
  createLog('trace', sink).info(details, message);
  return text;
}

describe('the log', () => {
  it.each([
    ['a token', { token: 'marker' }],
    ['a token within', { account: { accessToken: 'marker' } }],
    ['a token deep within', { request: { headers: { authorization: 'marker' } } }],
    ['a text', { message: { text: 'marker' } }],
    ['the message of an error, which may quote what was stored', { err: new Error('marker') }],
    ['the message of its cause', { err: new Error('failed', { cause: new Error('marker') }) }],
    ['the detail of a database error', { err: Object.assign(new Error('failed'), { detail: 'Key (value)=(marker)' }) }],
  ])('keeps %s out', (_what, details) => {
    expect(written(details)).not.toContain('marker');
    expect(written(details)).toContain('something happened');
  });

  it('says of an error what it is and where it came from', () => {
    const error = Object.assign(new TypeError('secret'), { code: '23505', table: 'message' });
    expect(JSON.parse(written({ err: error })).err).toMatchObject({
      type: 'TypeError',
      code: '23505',
      table: 'message',
      stack: expect.stringContaining('logger.test'),
    });
  });

  it('writes ids', () => {
    expect(written({ connectionId: 'marker' })).toContain('marker');
  });
});
