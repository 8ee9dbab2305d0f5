import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiWorld, type ConnectedNumber, countRows, startApiWorld, until } from './api-world.ts';

let world: ApiWorld;
let number: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
});
afterAll(() => world.close());
beforeEach(() => {
  world.beyond.accountWakes.length = 0;
});

type Posted = { body?: string | undefined; type?: string; secret?: string | null; id?: string };

async function post({ body, type = 'application/x-www-form-urlencoded', secret, id }: Posted) {
  const given = secret === undefined ? number.hintSecret : secret;
  const response = await fetch(`${world.url}/webhooks/planfix/${id ?? number.planfixAccountId}`, {
    method: 'POST',
    headers: {
      ...(given === null ? {} : { 'x-parley-secret': given }),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}
const hints = (comment: number) =>
  world.db.selectFrom('planfixHint').selectAll().where('planfixComment', '=', comment).execute();
const putAside = () =>
  world.db.selectFrom('inboundEvent').selectAll().where('kind', '=', 'planfix-hint').orderBy('id').execute();

describe('a hint from a scenario', () => {
  it.each([
    ['a form', 'task=16585&comment=101', 'application/x-www-form-urlencoded', 101],
    ['JSON', '{"task":16585,"comment":"102"}', 'application/json; charset=utf-8', 102],
    ['JSON that calls itself text', '{"task":"16585","comment":103}', 'text/plain', 103],
    ['a form that calls itself nothing', 'task=16585&comment=104', '', 104],
    ['a form that calls itself no type', 'task=16585&comment=106', 'nonsense', 106],
    ['a form with more in it', 'task=16+585&comment=105&who=me&who=you', 'application/x-www-form-urlencoded', 105],
  ])('as %s is a row, and wakes its account', async (_name, body, type, comment) => {
    expect(await post({ body, type })).toEqual({ status: 200, text: '' });
    expect(await hints(comment)).toMatchObject([{ planfixAccountId: number.planfixAccountId, planfixTask: 16585 }]);
    await until('the wake', () => world.beyond.accountWakes.length > 0);
    expect(world.beyond.accountWakes).toEqual([number.planfixAccountId]);
  });

  it('told five times at once is one row', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => post({ body: 'task=7&comment=200' })));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    expect(await hints(200)).toHaveLength(1);
  });

  it.each([
    ['the wrong secret', { secret: 'wrong' }, 401],
    ['no secret', { secret: null }, 401],
    ['an empty secret', { secret: '' }, 401],
    ['an unknown account', { id: '00000000-0000-7000-8000-000000000000' }, 404],
    ['an account that is none', { id: 'nonsense' }, 404],
  ])('with %s is refused with nothing said and nothing stored', async (_name, more, status) => {
    const before = await countRows(world.db, 'inboundEvent');
    expect(await post({ body: 'task=7&comment=300', ...more })).toEqual({ status, text: '' });
    expect(await post({ body: 'garbage', ...more })).toEqual({ status, text: '' });
    expect(await hints(300)).toEqual([]);
    expect(await countRows(world.db, 'inboundEvent')).toBe(before);
  });

  it.each<[string, Posted, string]>([
    ['no body', { body: undefined }, 'task is missing'],
    ['no numbers', { body: 'task=&comment=' }, 'task is missing'],
    ['a variable that was not filled in', { body: 'task={{Task.Number}}&comment=1' }, 'task holds a variable'],
    ['broken JSON', { body: '{"task": 1, "comment": "a"b"}', type: 'application/json' }, 'expected the fields'],
    ['a file', { body: '\u0000\u0001\ufffd', type: 'application/octet-stream' }, 'task is missing'],
    ['two tasks', { body: 'task=1&task=2&comment=5' }, 'task is not a number'],
    ['a number beyond any', { body: 'task=1&comment=99999999999' }, 'a number is larger'],
  ])('that is %s is kept with its reason, and answered with 200', async (_name, posted, reason) => {
    const before = (await putAside()).length;
    expect(await post(posted)).toEqual({ status: 200, text: '' });
    const rows = await putAside();
    expect(rows).toHaveLength(before + 1);
    expect(rows.at(-1)).toMatchObject({
      sourceId: number.planfixAccountId,
      reason: expect.stringContaining(reason),
    });
    expect(await post(posted)).toEqual({ status: 200, text: '' });
    expect(await putAside()).toHaveLength(before + 1);
  });

  it('that is far too large is still answered with 200', async () => {
    const body = `task=1&comment=2&more=${'x'.repeat(1_100_000)}`;
    expect((await post({ body })).status).toBe(200);
    expect(await hints(2)).toEqual([]);
  });

  it('is taken although Temporal is away: the sweep finds it', async () => {
    world.beyond.away = true;
    expect(await post({ body: 'task=7&comment=400' })).toEqual({ status: 200, text: '' });
    await until('the failure', async () => (await world.count('parley_wakes_total', { outcome: 'failed' })) > 0);
    world.beyond.away = false;
    expect(await hints(400)).toHaveLength(1);
  });

  it('must show the new secret once there is one', async () => {
    const { hintSecret, planfixAccountId } = await world.connect();
    const hint = { body: 'task=7&comment=500', id: planfixAccountId };
    expect((await post({ ...hint, secret: hintSecret })).status).toBe(200);
    const renewed = await world.call('POST', `/v1/planfix-accounts/${planfixAccountId}/hint-secret`);
    expect(renewed).toMatchObject({ status: 200, body: { hintSecret: expect.stringMatching(/^[\w-]{40,}$/) } });
    const secret = String(renewed.body.hintSecret);
    await until('the new secret counts', async () => (await post({ ...hint, secret })).status === 200);
    expect((await post({ ...hint, secret: hintSecret })).status).toBe(401);
  });

  it('is shown to the account it is about, and to no other', async () => {
    const scopes = ['read'];
    const other = await world.connect();
    const keyOf = async (planfixAccountId: string) =>
      String(
        (await world.call('POST', '/v1/api-keys', { body: { name: 'bound', scopes, planfixAccountId } })).body.secret,
      );
    const list = async (id: string) =>
      (await world.call('GET', '/v1/events?kind=planfix-hint', { key: await keyOf(id) })).body.items as unknown[];
    expect((await list(number.planfixAccountId)).length).toBeGreaterThan(0);
    expect(await list(other.planfixAccountId)).toEqual([]);
  });
});
