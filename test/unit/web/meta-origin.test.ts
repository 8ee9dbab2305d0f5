import { describe, expect, it } from '@jest/globals';
import { isMetaOrigin } from '../../../web/connect/meta-origin.ts';

describe('a message of Embedded Signup', () => {
  it.each(['https://www.facebook.com', 'https://web.facebook.com', 'https://facebook.com'])(
    'is believed from %s',
    (origin) => {
      expect(isMetaOrigin(origin, [])).toBe(true);
    },
  );

  it.each([
    'https://evilfacebook.com',
    'https://facebook.com.evil.example',
    'https://evil.example/facebook.com',
    'https://facebook.com@evil.example',
    'http://www.facebook.com',
    'https://www.facebook.com:8443',
    'null',
    '',
  ])('is not believed from %p', (origin) => {
    expect(isMetaOrigin(origin, [])).toBe(false);
  });

  it('is believed from an origin that the API names, and from no other port of it', () => {
    const origins = ['http://127.0.0.1:4002'];
    expect(isMetaOrigin('http://127.0.0.1:4002', origins)).toBe(true);
    expect(isMetaOrigin('http://127.0.0.1:4003', origins)).toBe(false);
  });
});
