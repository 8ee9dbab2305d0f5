import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Company, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';
import { problemOnce, problemsOf, startDialogue, startDialogueIn } from '../support/reply-world.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

/** How often a task was read back for what Planfix kept of it. */
async function readBacks(company: Company): Promise<number> {
  const query = new URLSearchParams({ target: 'planfix', account: company.account, path: '/task/', method: 'GET' });
  const { items } = await parley.sandbox.control<{ items: { path: string }[] }>('GET', `requests?${query}`);
  return items.filter((request) => /\/task\/\d+$/.test(request.path)).length;
}

describe('what Planfix accepts and does not keep', () => {
  it('is said as a problem when the field is not on the template, and the task is there all the same', async () => {
    const dialogue = await startDialogue(parley, { settings: { correlationField: 31 } });
    expect(await problemOnce(dialogue, 'fields-refused')).toMatchObject({
      detail: expect.stringContaining('field 31'),
    });
    expect(dialogue.task).toBeGreaterThan(0);
  });

  it('is said when a person is dropped from the task', async () => {
    const company = await connectCompany(parley);
    await parley.sandbox.control('POST', 'faults', {
      target: 'planfix',
      kind: 'failures',
      field: 'counterparty',
      path: '/task/$',
    });
    const dialogue = await startDialogueIn(parley, company);
    expect(await problemOnce(dialogue, 'fields-refused')).toMatchObject({
      detail: expect.stringContaining('counterparty'),
    });
  });

  it('is no problem when everything is kept, and is asked for once (control)', async () => {
    const dialogue = await startDialogue(parley, { settings: { correlationField: 30 } });
    await eventually('the read-back', async () => ((await readBacks(dialogue.company)) > 0 ? true : undefined));
    await startDialogueIn(parley, dialogue.company);
    expect(await problemsOf(dialogue, { kind: 'fields-refused' })).toEqual([]);
    expect(await readBacks(dialogue.company)).toBe(1);
  });
});
