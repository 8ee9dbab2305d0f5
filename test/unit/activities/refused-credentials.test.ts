import { describe, expect, it } from '@jest/globals';
import { tryCredentials } from '../../../activities/refused-credentials.ts';
import { type Answer, aGraph, graphError } from './channels/whatsapp-cloud/fake-graph.ts';

const NUMBER = 'GET /106';
const TOKEN = 'GET /debug_token';

const debugged = (facts: object): Answer => ({ body: { data: { is_valid: true, ...facts } } });
const reaching = (...ids: string[]): Answer =>
  debugged({ granular_scopes: [{ scope: 'whatsapp_business_management', target_ids: ids }] });
const UNBOUNDED = debugged({ granular_scopes: [{ scope: 'whatsapp_business_management' }] });

/** What is found of the credentials of number 106 of account 102. */
function isRefused(answers: Record<string, Answer>, appSecret: Buffer | null = null): Promise<boolean> {
  const { client } = aGraph(answers);
  return tryCredentials({ client, access: { wabaId: '102', appSecret } });
}

describe('credentials', () => {
  it.each<[string, Answer]>([
    ['code 190', { status: 401, body: graphError(190) }],
    ['code 0', { status: 401, body: graphError(0) }],
    ['HTTP 401 alone', { status: 401, body: '' }],
    ['HTTP 401 with a code that nobody knows', { status: 401, body: graphError(987_654) }],
  ])('are refused by %s, whatever is said of them', async (_what, answer) => {
    expect(await isRefused({ [NUMBER]: answer, [TOKEN]: reaching('102') })).toBe(true);
  });

  it.each([368, 131_031, 131_042, 10, 200, 299])(
    'are not refused by code %i: a block, a payment or a missing right passes',
    async (code) => {
      const answer = { status: 403, body: graphError(code) };
      expect(await isRefused({ [NUMBER]: answer, [TOKEN]: reaching('102') })).toBe(false);
      expect(await isRefused({ [NUMBER]: answer, [TOKEN]: { status: 500, body: '' } })).toBe(false);
      // Control: with the same answer, a token that is said to be dead is.
      expect(await isRefused({ [NUMBER]: answer, [TOKEN]: debugged({ is_valid: false }) })).toBe(true);
    },
  );

  it('are refused where the number is not shown, and the token does not reach its account', async () => {
    const answer = { status: 400, body: graphError(100, { error_subcode: 33 }) };
    expect(await isRefused({ [NUMBER]: answer, [TOKEN]: reaching('103') })).toBe(true);
    expect(await isRefused({ [NUMBER]: answer, [TOKEN]: reaching() })).toBe(true);
    // Control: it does, or names no accounts.
    expect(await isRefused({ [NUMBER]: answer, [TOKEN]: reaching('103', '102') })).toBe(false);
    expect(await isRefused({ [NUMBER]: answer, [TOKEN]: UNBOUNDED })).toBe(false);
  });

  it("are not refused where the app's secret is", async () => {
    const answers = {
      [NUMBER]: { status: 400, body: graphError(100) },
      [TOKEN]: { status: 401, body: graphError(190) },
    };
    expect(await isRefused(answers, Buffer.from('secret'))).toBe(false);
    // Control: without one the token was asked about itself.
    expect(await isRefused(answers)).toBe(true);
  });
});
