import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids } from './sandbox-graph-business.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

const customer = `+${ids.customer}`;

/** Meta's codes with the HTTP status that its page stated last; where it states none, 400 (WhatsApp: decision table). */
const codes: [number, number][] = [
  ...[130429, 131056, 4, 80007, 133016].map((code): [number, number] => [code, 400]),
  ...[131000, 131016, 131057, 2494100].map((code): [number, number] => [code, 500]),
  ...[2, 133004].map((code): [number, number] => [code, 503]),
  ...[1, 134101, 131047, 131026, 131049, 131048, 131050, 130472, 130403].map((code): [number, number] => [code, 400]),
  ...[131021, 131030, 131062, 137000, 100, 33, 131008, 131009, 135000].map((code): [number, number] => [code, 400]),
  ...[131051, 131053, 131052, 132000, 132005, 132007, 132012, 132018].map((code): [number, number] => [code, 400]),
  ...[132015, 132016, 132068, 132069, 131055, 134100, 131061, 131063].map((code): [number, number] => [code, 400]),
  ...[131064, 131042, 134011, 133010, 131037].map((code): [number, number] => [code, 400]),
  ...[190, 0].map((code): [number, number] => [code, 401]),
  ...[130497, 10, 200, 299, 131005, 368, 131031].map((code): [number, number] => [code, 403]),
  [132001, 404],
  [3, 500],
  [131045, 500],
];

const meaningless = /^(Error( \d+)?)?$/;

describe('every code that Meta documents', () => {
  it.each(codes)('%i is refused at once with %i, and told afterwards', async (code, status) => {
    await server.control('POST', '/faults', { target: 'graph', kind: 'error', code });
    await server.control('POST', '/faults', { target: 'graph', kind: 'async-error', code });
    const refused = await server.send(customer, 'x');
    expect(refused).toMatchObject({ status, json: { error: { code, type: 'OAuthException' } } });
    const title = refused.json.error.message.replace(`(#${code}) `, '');
    expect(title).not.toMatch(meaningless);
    expect((await server.send(customer, 'x')).status).toBe(200);
    const failed = await until(() => server.receiver.statuses()[0]);
    expect(failed).toMatchObject({
      status: 'failed',
      errors: [{ code, title, message: title, error_data: { details: expect.any(String) } }],
    });
  });

  it('would show one that has no words', async () => {
    await server.control('POST', '/faults', { target: 'graph', kind: 'error', code: 999_999 });
    const { message } = (await server.send(customer, 'x')).json.error;
    expect(message.replace('(#999999) ', '')).toMatch(meaningless);
  });
});
