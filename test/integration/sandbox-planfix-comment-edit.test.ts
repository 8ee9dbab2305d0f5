import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Acme, type PlanfixServer, startDialogue, startPlanfixServer } from './sandbox-planfix-server.ts';

let planfix: PlanfixServer;

beforeAll(async () => {
  planfix = await startPlanfixServer();
  planfix.clock.set('2026-11-26T10:01:30Z');
});

afterAll(async () => {
  await planfix.close();
});

async function upload(acme: Acme, name: string): Promise<number> {
  const form = new FormData();
  form.set('file', new File(['bytes'], name));
  return (await acme.ok('POST', '/file/', form)).id;
}

async function commented(settings: object = {}) {
  const dialogue = await startDialogue(planfix, settings);
  const { acme, task } = dialogue;
  const files = [{ id: await upload(acme, 'first.jpg') }];
  const { id } = await acme.ok('POST', `/task/${task}/comments/`, { description: 'before', files });
  const path = `/task/${task}/comments/${id}`;
  const read = async () => (await acme.ok('GET', `/comment/${id}?fields=description,files,isHidden`)).comment;
  const look = async () => (await acme.control('GET', `/tasks/${task}`)).comments[0];
  return { ...dialogue, id, path, read, look };
}

describe('a comment update by REST', () => {
  it('is an empty 200 that changes what it names, and is remembered', async () => {
    const { acme, path, read, look } = await commented();
    expect(await acme.call('POST', `${path}?silent=true`, { description: 'after' })).toMatchObject({
      status: 200,
      text: '',
    });
    expect(await read()).toMatchObject({
      description: 'after',
      isHidden: false,
      files: [{ name: 'first.jpg', size: 1 }],
    });
    await acme.call('POST', path, { isHidden: true });
    expect(await read()).toMatchObject({ description: 'after', isHidden: true });
    expect(await look()).toMatchObject({
      editCount: 2,
      edits: [
        { by: 'rest', isSilent: true, description: 'before' },
        { by: 'rest', isSilent: false, description: 'after' },
      ],
    });
  });

  it('replaces files, or adds them where the setting says so', async () => {
    const { acme, path, read } = await commented();
    const names = async () => (await read()).files.map((file) => file.name);
    await acme.call('POST', path, { files: [{ id: await upload(acme, 'second.jpg') }] });
    expect(await names()).toEqual(['second.jpg']);
    await acme.settings({ commentUpdateFiles: 'add' });
    await acme.call('POST', path, { files: [{ id: await upload(acme, 'third.jpg') }] });
    expect(await names()).toEqual(['second.jpg', 'third.jpg']);
    await acme.settings({ commentUpdateFiles: 'replace' });
    await acme.call('POST', path, { files: [] });
    expect(await names()).toEqual([]);
  });

  it('is refused whole for an unknown comment or file, another task and too long a text', async () => {
    const { acme, task, path, read } = await commented();
    const other = (await acme.ok('POST', '/task/', { name: 'Other' })).id;
    const id = path.split('/').at(-1);
    const calls: [string, object][] = [
      [`/task/${task}/comments/77`, { description: 'x' }],
      [`/task/${other}/comments/${id}`, { description: 'x' }],
      [path, { description: 'x', files: [{ id: 77 }] }],
      [path, { description: 'x'.repeat(65_537) }],
    ];
    const answers = await Promise.all(calls.map(([address, body]) => acme.call('POST', address, body)));
    const codes = answers.map(({ status, body }) => [status, (body as { code?: number }).code]);
    expect(codes).toEqual([
      [400, 5000],
      [400, 5000],
      [400, 7000],
      [400, 5001],
    ]);
    expect(await read()).toMatchObject({ description: 'before', files: [{ name: 'first.jpg' }] });
    await acme.call('POST', path, { description: 'x'.repeat(65_536) });
    expect((await read()).description).toHaveLength(65_536);
  });

  it('happens although the answer is lost', async () => {
    const { acme, path, read } = await commented();
    acme.fault({ kind: 'drop-before', path });
    await expect(acme.call('POST', path, { description: 'lost' })).rejects.toThrow();
    expect((await read()).description).toBe('before');
    acme.fault({ kind: 'drop-after', path });
    await expect(acme.call('POST', path, { description: 'after' })).rejects.toThrow();
    expect((await read()).description).toBe('after');
  });
});

describe('a comment of an agent', () => {
  it('is edited and deleted, its files too', async () => {
    const { acme, task } = await startDialogue(planfix);
    const files = [{ name: 'offer.pdf', base64: Buffer.from('old').toString('base64') }];
    const { id } = await acme.control('POST', '/comments', { task, author: 'user:3', html: 'See', notify: [], files });
    const read = async () => (await acme.ok('GET', `/comment/${id}?fields=description,isDeleted,files`)).comment;
    const better = [{ name: 'better.pdf', size: 2_048 }];
    await acme.control('POST', `/comments/${id}/edit`, { html: 'See this', files: better });
    expect(await read()).toMatchObject({ description: 'See this', files: [{ name: 'better.pdf', size: 2 }] });
    const { comments } = await acme.control('GET', `/tasks/${task}`);
    expect(comments).toMatchObject([{ editCount: 1, edits: [{ by: 'agent', description: 'See' }] }]);
    await acme.control('DELETE', `/comments/${id}`);
    expect(await read()).toMatchObject({ isDeleted: true });
  });
});

describe('an answer to a certain comment', () => {
  async function answered(settings: object) {
    const { acme, task, contact } = await startDialogue(planfix, settings);
    const long = `Where is <b>my order</b>? ${'It is late. '.repeat(20)}`;
    const question = { owner: { id: contact }, description: long };
    const asked = await acme.ok('POST', `/task/${task}/comments/`, question);
    const answer = { task, author: 'user:3', html: 'On its way', notify: [contact], answersComment: asked.id };
    const { id } = await acme.control('POST', '/comments', answer);
    const read = async () => (await acme.ok('GET', `/comment/${id}?fields=description`)).comment.description;
    return { acme, task, asked: asked.id, id, read };
  }

  it('begins with a quote that links to it, and still does after an edit', async () => {
    const { acme, task, asked, id, read } = await answered({ webHost: 'acme.planfix.com' });
    const link = `<a href="https://acme.planfix.com/task/${task}?comment=${asked}">Jane</a>`;
    const quote = `<blockquote>${link}<br>Where is my order ? `;
    expect(await read()).toMatch(/late\.( It is late\.)*( It)?( is)?…<\/blockquote>On its way$/);
    expect((await read()).startsWith(quote)).toBe(true);
    await acme.control('POST', `/comments/${id}/edit`, { html: 'Almost there' });
    expect(await read()).toMatch(/^<blockquote>.*<\/blockquote>Almost there$/);
  });

  it('quotes without a link, or not at all', async () => {
    expect(await (await answered({ answerQuote: 'quote-only' })).read()).toMatch(/^<blockquote>Jane<br>Where is/);
    expect(await (await answered({ answerQuote: 'none' })).read()).toBe('On its way');
  });

  it('must answer a comment that is there', async () => {
    const { acme, task } = await answered({});
    const body = { task, author: 'user:3', html: 'x', notify: [], answersComment: 77 };
    expect(await acme.controlCall('POST', '/comments', body)).toMatchObject({ status: 404 });
  });
});

describe('a task update', () => {
  it('writes a field that the template has, drops one it has not, and is remembered', async () => {
    const { acme, task } = await startDialogue(planfix);
    const customFieldData = [
      { field: { id: 32 }, value: 'delivered' },
      { field: { id: 31 }, value: 'lost' },
    ];
    await acme.ok('POST', `/task/${task}?silent=true`, { customFieldData });
    await acme.ok('POST', `/task/${task}`, { priority: 'Urgent' });
    const fields = (await acme.ok('GET', `/task/${task}?fields=31,32`)).task.customFieldData;
    expect(fields).toMatchObject([{ field: { id: 32 }, value: 'delivered' }]);
    expect(await acme.control('GET', `/tasks/${task}`)).toMatchObject({
      custom: { 32: 'delivered' },
      updates: [
        { isSilent: true, fields: ['customFieldData'] },
        { isSilent: false, fields: ['priority'] },
      ],
    });
  });

  it('tells silent comments from others', async () => {
    const { acme, task } = await startDialogue(planfix);
    await acme.ok('POST', `/task/${task}/comments/?silent=true`, { description: 'quiet' });
    await acme.ok('POST', `/task/${task}/comments/`, { description: 'loud' });
    const { comments } = await acme.control('GET', `/tasks/${task}`);
    expect(comments).toMatchObject([{ isSilent: true }, { isSilent: false }]);
  });
});
