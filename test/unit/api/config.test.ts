import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from '../../../api/config.ts';
import { singleSignOnOf } from '../../../api/single-sign-on-config.ts';

const GOOD = {
  DATABASE_URL: 'postgres://parley@localhost/parley',
  PARLEY_ENCRYPTION_KEYS: `first:${Buffer.alloc(32, 1).toString('base64')}`,
  PARLEY_ADMIN_KEY: 'an-admin-key-of-forty-characters-or-more',
  PARLEY_PUBLIC_URL: 'https://parley.example/',
};

const refusalOf = (environment: Record<string, string | undefined>): string => {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  return '';
};

describe("the api's environment", () => {
  it('is read with its defaults', () => {
    const config = readConfig(GOOD);
    expect(config).toMatchObject({ PARLEY_PORT: 3000, LOG_LEVEL: 'info', waits: {} });
    expect(config.PARLEY_PUBLIC_URL).toBe('https://parley.example');
    expect(config.META_SDK_URL).toBe('https://connect.facebook.net/en_US/sdk.js');
    expect(singleSignOnOf(config)).toBeUndefined();
  });

  it('names an identity provider with all that it needs, or none', () => {
    const issuer = { ...GOOD, PARLEY_OIDC_ISSUER: 'https://id.example' };
    const whole = { ...issuer, PARLEY_OIDC_CLIENT_ID: 'parley', PARLEY_OIDC_CLIENT_SECRET: 'secret' };
    expect(singleSignOnOf(readConfig(whole))).toEqual({
      issuer: 'https://id.example',
      clientId: 'parley',
      clientSecret: 'secret',
      name: 'Single sign-on',
      defaultRole: undefined,
    });
    for (const name of ['PARLEY_OIDC_CLIENT_ID', 'PARLEY_OIDC_CLIENT_SECRET'])
      expect(refusalOf(issuer)).toContain(name);
    expect(refusalOf({ ...whole, PARLEY_OIDC_ISSUER: 'http://id.example' })).toContain('PARLEY_OIDC_ISSUER');
    expect(refusalOf({ ...whole, PARLEY_OIDC_ISSUER: 'http://127.0.0.1:8080/realm' })).toBe('');
    expect(refusalOf({ ...whole, PARLEY_OIDC_DEFAULT_ROLE: 'owner' })).toContain('PARLEY_OIDC_DEFAULT_ROLE');
    expect(singleSignOnOf(readConfig({ ...whole, PARLEY_OIDC_ISSUER: '' }))).toBeUndefined();
  });

  it('is refused with every problem by its variable, and without any value', () => {
    const wrong = {
      ...GOOD,
      DATABASE_URL: undefined,
      PARLEY_ENCRYPTION_KEYS: 'first:c2hvcnQ=',
      PARLEY_ADMIN_KEY: 'short-and-secret',
      PARLEY_PUBLIC_URL: 'ftp://parley.example',
      PARLEY_PORT: '70000',
      PARLEY_WAIT_LIVE_CHECK_MS: 'soon',
    };
    const refusal = refusalOf(wrong);
    for (const [name, value] of Object.entries(wrong)) {
      if (value === GOOD[name as keyof typeof GOOD]) continue;
      expect(refusal).toContain(name);
      if (value !== undefined) expect(refusal).not.toContain(value);
    }
    expect(refusalOf(GOOD)).toBe('');
  });
});
