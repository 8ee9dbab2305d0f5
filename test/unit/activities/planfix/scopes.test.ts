import { describe, expect, it } from '@jest/globals';
import { SCOPES } from '../../../../activities/planfix/scopes.ts';
import { aPlanfix, failureOf, noAnswer, type Reply, success } from './fake-planfix.ts';

const refusal = (status: number, code: number, error: string): Reply => ({
  status,
  body: { result: 'fail', code, error },
});
const DENIED = refusal(405, 5, 'Scope denied, method not allowed');

describe('whether a scope is missing', () => {
  it.each(SCOPES)('%s: is told by what refuses the call', async (scope) => {
    const { client, sent } = aPlanfix([DENIED, refusal(404, 1000, 'Task not found'), refusal(400, 30, 'bad JSON')]);
    expect(await client.lacksScope(scope)).toBe(true);
    // Control: refused for another reason.
    expect(await client.lacksScope(scope)).toBe(false);
    expect(await client.lacksScope(scope)).toBe(false);
    expect(sent.map(({ body }) => body)).not.toContainEqual(expect.stringContaining('"name"'));
  });

  it.each<[string, Reply]>([
    ['success', success({ id: 1 }, 201)],
    ['no JSON', { status: 405, body: '<html>Not allowed</html>' }],
    ['a fault of its own', refusal(500, 0, 'unknown error')],
    ['a missing right to an object', refusal(400, 6, 'no access')],
  ])('is not concluded from %s', async (_what, reply) => {
    const { client } = aPlanfix([reply]);
    expect(await client.lacksScope('task_add')).toBe(false);
  });

  it.each<[string, Reply, string]>([
    ['there is no answer', noAnswer('maybe'), 'unavailable'],
    ['the quota is used up', refusal(403, 22, 'limit'), 'rate-limited'],
    ['the token is unknown', refusal(401, 1, 'Access denied, unknown token'), 'credentials-rejected'],
  ])('is not known while %s', async (_what, reply, kind) => {
    const { client } = aPlanfix([reply]);
    expect(await failureOf(client.lacksScope('task_add'))).toMatchObject({ kind });
  });
});
