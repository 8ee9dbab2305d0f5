import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChannelError } from '../../activities/channels/errors.ts';
import { failureOfCode } from '../../activities/channels/whatsapp/error-codes.ts';
import { checkOf } from '../../activities/check-words.ts';
import { settleConnectionChecks } from '../../db/checks.ts';
import { pauseConnection } from '../../db/pauses.ts';
import { openProblem } from '../../db/problems.ts';
import { storeSelfCheck } from '../../db/self-check.ts';
import { type ApiWorld, type ConnectedNumber, postMeta, startApiWorld } from './api-world.ts';
import { update } from './link-world.ts';

let world: ApiWorld;
let number: ConnectedNumber;

beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
});

afterAll(() => world?.close());

type Shown = { kind: string; detail: string | null; findings: { code: string; values: Record<string, string> }[] };

/** Of that kind, as the API shows it. */
async function shown(kind: string, language = 'en'): Promise<Shown | undefined> {
  const query = new URLSearchParams({ kind, connectionId: number.connectionId, language });
  const { body } = await world.call('GET', `/v1/problems?${query}`);
  return (body.items as Shown[])[0];
}

const check = (...checks: Parameters<typeof settleConnectionChecks>[2]) =>
  settleConnectionChecks(world.db, number.connectionId, checks, {
    displayPhoneNumber: undefined,
    verifiedName: undefined,
    portfolioId: undefined,
    messagesPerSecond: undefined,
  });

describe('a problem says what is wrong in English and by code', () => {
  it('of news of the link', async () => {
    const { wabaId } = await world.db
      .selectFrom('connection')
      .where('id', '=', number.connectionId)
      .select('wabaId')
      .executeTakeFirstOrThrow();
    const restriction_info = [
      { restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: Date.UTC(2040, 0, 31, 12) / 1_000 },
    ];
    const news = update('ACCOUNT_RESTRICTION', { restriction_info }, { entryId: wabaId });
    expect((await postMeta(world, number.metaAppId, news)).status).toBe(200);
    const problem = await shown('connection-restricted');
    expect(problem?.detail).toMatch(
      /^WhatsApp restricted the account until 2040-01-31 12:00 UTC\. Its reason: RESTRICTED/,
    );
    expect(problem?.findings).toEqual([
      { code: 'account-restricted-until', values: { until: '2040-01-31 12:00' } },
      { code: 'network-reason', values: { reason: 'RESTRICTED_BIZ_INITIATED_MESSAGING' } },
      { code: 'restricted-remedy', values: {} },
    ]);
    // Titles and remedies have the language that is asked for; the detail and its codes are for all.
    const russian = await shown('connection-restricted', 'ru');
    expect(russian).toMatchObject({ title: expect.stringMatching(/[а-я]/) });
    expect([russian?.detail, russian?.findings]).toEqual([problem?.detail, problem?.findings]);
  });

  it('of checks, and again when they find something else', async () => {
    await check(checkOf('configuredBy', false, 'employee-unknown', { detail: 'user:9', choices: 'active: user:1' }));
    const unknown = { code: 'check:employee-unknown', values: { detail: 'user:9' } };
    expect(await shown('connection-check-failed')).toMatchObject({
      detail: expect.stringMatching(/^Planfix knows no employee user:9\. .*; active: user:1\.$/),
      findings: [unknown],
    });
    await check(
      checkOf('configuredBy', false, 'employee-unknown', { detail: 'user:9' }),
      checkOf('credentials', false, 'token-rejected'),
    );
    expect((await shown('connection-check-failed'))?.findings).toEqual([
      unknown,
      { code: 'check:token-rejected', values: {} },
    ]);
    // Control: checks of former times have sentences alone.
    await check({ name: 'credentials', ok: false, message: 'Out of order' });
    expect(await shown('connection-check-failed')).toMatchObject({ detail: 'Out of order.', findings: [] });
  });

  it('of checks that said the same before there were codes', async () => {
    await check(checkOf('credentials', false, 'token-rejected'));
    const forget = { findings: '[]' };
    await world.db.updateTable('problem').set(forget).where('kind', '=', 'connection-check-failed').execute();
    expect((await shown('connection-check-failed'))?.findings).toEqual([]);
    await check(checkOf('credentials', false, 'token-rejected'));
    expect((await shown('connection-check-failed'))?.findings).toMatchObject([{ code: 'check:token-rejected' }]);
  });

  it('of the self-check', async () => {
    await storeSelfCheck(world.db, number.connectionId, {
      found: [{ name: 'display-name', code: 'display-name-declined', detail: 'DECLINED' }],
    });
    expect(await shown('display-name-declined')).toMatchObject({
      detail: expect.stringMatching(/^WhatsApp does not accept the display name of the number \(DECLINED\)\. Choose/),
      findings: [{ code: 'health:display-name-declined', values: { detail: 'DECLINED' } }],
    });
  });

  it('of a pause', async () => {
    const { kind, told } = new ChannelError(failureOfCode(190));
    await pauseConnection(world.db, number.connectionId, { reason: kind, ...told, probeInMs: 60_000 });
    expect(await shown('connection-paused')).toMatchObject({
      detail: 'the access token is expired, revoked or invalid',
      findings: [{ code: 'network-token-rejected', values: {} }],
    });
  });

  it('control: where there are no codes, in English alone', async () => {
    const { planfixAccountId, connectionId } = number;
    await openProblem(world.db, { kind: 'fields-refused', planfixAccountId, connectionId, detail: 'As ever' });
    expect(await shown('fields-refused')).toMatchObject({ detail: 'As ever', findings: [] });
  });
});
