import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Acme,
  type Dialogue,
  type PlanfixServer,
  startDialogue,
  startPlanfixServer,
} from './sandbox-planfix-server.ts';

type Press = { id: number; state: string; status: number | null; answer: string; comment?: number; form: object };
type Board = { buttons: { id: number; name: string; place: string }[]; presses: Press[]; frozenUntilMs: number };
type Received = { path: string; form: Record<string, string>; type: unknown; secret: unknown; concurrent: number };

const answerText = 'Sent to Jane <b>\nsecond line';
const question = (name: string, more: object = {}) => ({ name, label: name, ...more });

describe('a button', () => {
  let planfix: PlanfixServer;
  let receiver: Server;
  let url: string;
  let received: Received[] = [];
  let statuses: number[] = [];
  let open = 0;

  beforeAll(async () => {
    planfix = await startPlanfixServer();
    planfix.clock.set('2026-11-22T10:01:30Z');
    receiver = createServer((request, response) => {
      open += 1;
      const concurrent = open;
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const form = Object.fromEntries(new URLSearchParams(text));
        const { 'content-type': type, 'x-parley-secret': secret } = request.headers;
        received.push({ path: request.url ?? '', form, type, secret, concurrent });
        setImmediate(() => {
          open -= 1;
          response.writeHead(statuses.shift() ?? 200, { 'content-type': 'text/plain' }).end(answerText);
        });
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    receiver.closeAllConnections();
    receiver.close();
    await planfix.close();
  });

  const aDialogue = async (): Promise<Dialogue> => {
    received = [];
    statuses = [];
    return startDialogue(planfix);
  };
  const boardOf = async ({ name }: Acme): Promise<Board> =>
    JSON.parse((await planfix.fetch('GET', `/control/planfix/${name}/buttons`)).text);
  const pressOf = async (acme: Acme, id: number): Promise<Press> => {
    const found = (await boardOf(acme)).presses.find((press) => press.id === id);
    if (found === undefined) throw new Error('no such press');
    return found;
  };
  const aButton = async (acme: Acme, more: object = {}): Promise<number> => {
    const parameters = [{ name: 'task', value: '{{Task.Number}}' }];
    const headers = { 'X-Parley-Secret': 'shh' };
    return (await acme.control('POST', '/buttons', { name: 'Send', url: `${url}/send`, headers, parameters, ...more }))
      .id;
  };
  const pressed = async (acme: Acme, button: number, on: object): Promise<Press> => {
    const { id } = await acme.control('POST', `/buttons/${button}/press`, on);
    await planfix.until(async () => (await pressOf(acme, id)).state !== 'waiting');
    return pressOf(acme, id);
  };
  const commentsOf = async (acme: Acme, task: number) => (await acme.control('GET', `/tasks/${task}`)).comments;

  it('sends a form with the secret, its variables filled in, in Russian as in English', async () => {
    const { acme, task, contactId } = await aDialogue();
    const button = await aButton(acme, {
      questions: [question('template', { required: true }), question('value', { value: 'as it was' })],
      parameters: [
        { name: 'task', value: '{{Задача.Номер}}' },
        { name: 'same', value: '{{Task.Number}}' },
        { name: 'internal', value: '{{ Задача.Идентификатор }}' },
        { name: 'who', value: '{{Contact.Number}}: {{Контакт.Имя}}, {{Contact.Phone}}' },
        { name: 'by', value: '{{Employee.Name}}' },
        { name: 'template', value: '{{Form.template}}' },
        { name: 'body.1', value: '{{Форма.value}} & "{{Form.template}}"' },
        { name: 'left-empty', value: '{{Form.value}}' },
      ],
    });
    const answers = { template: 'order_ready', value: '' };
    await pressed(acme, button, { task, by: 'user:4', answers });
    await pressed(acme, button, { task, answers: { template: 'order_ready' } });
    expect(received[0]).toMatchObject({ path: '/send', type: 'application/x-www-form-urlencoded', secret: 'shh' });
    expect(received[0]?.form).toEqual({
      task: String(task),
      same: String(task),
      internal: expect.not.stringMatching(new RegExp(`^${task}$`)),
      who: `${contactId}: Jane, +49 151 2345`,
      by: 'Boris Agent',
      template: 'order_ready',
      'body.1': ' & "order_ready"',
      'left-empty': '',
    });
    expect(received[1]?.form['left-empty']).toBe('as it was');
  });

  it('is refused with a variable that Planfix does not have, and without an answer that it requires', async () => {
    const { acme, task } = await aDialogue();
    const parameters = [{ name: 'task', value: '{{Task.Numbr}}' }];
    const wrong = await acme.controlCall('POST', '/buttons', { name: 'Send', url, parameters });
    expect([wrong.status, wrong.body.error]).toEqual([400, 'no variable {{Task.Numbr}}']);
    await acme.settings({ unknownVariable: 'keep' });
    await pressed(acme, await aButton(acme, { parameters }), { task });
    await acme.settings({ unknownVariable: 'empty' });
    await pressed(acme, await aButton(acme, { parameters }), { task });
    expect(received.splice(0).map(({ form }) => form.task)).toEqual(['{{Task.Numbr}}', '']);
    const button = await aButton(acme, { questions: [question('template', { required: true })] });
    const press = await acme.controlCall('POST', `/buttons/${button}/press`, { task, answers: { template: ' ' } });
    expect([press.status, press.body.error]).toEqual([400, 'template is required']);
    expect(received).toEqual([]);
  });

  it('adds the answer as a comment that notifies nobody and starts no scenario, where it says so', async () => {
    const { acme, task } = await aDialogue();
    await acme.control('PUT', '/hint', { url: `${url}/hint`, secret: 'shh' });
    const speaking = await aButton(acme, { answerAsComment: true });
    const silent = await aButton(acme, { name: 'Silent' });
    expect((await pressed(acme, silent, { task })).comment).toBeUndefined();
    const { comment, answer } = await pressed(acme, speaking, { task });
    expect(answer).toBe(answerText);
    expect(await commentsOf(acme, task)).toMatchObject([
      {
        id: comment,
        owner: { id: 'user:9' },
        description: '<p>Sent to Jane &lt;b&gt;<br>second line</p>',
        recipients: { users: [], groups: [], roles: [] },
      },
    ]);
    await acme.settings({ buttonCommentAuthor: 'presser' });
    await pressed(acme, speaking, { task, by: 'user:4' });
    expect((await commentsOf(acme, task))[1]).toMatchObject({ owner: { id: 'user:4' } });
    expect(received.map(({ path }) => path)).toEqual(['/send', '/send', '/send']);
  });

  it('waits three minutes of the clock after anything but 200, the hint of a comment as well', async () => {
    const { acme, task } = await aDialogue();
    await acme.control('PUT', '/hint', { url: `${url}/hint`, secret: 'shh' });
    const button = await aButton(acme, { answerAsComment: true });
    statuses = [201];
    expect(await pressed(acme, button, { task })).toMatchObject({ state: 'failed', status: 201 });
    expect(await commentsOf(acme, task)).toEqual([]);
    await acme.control('POST', '/comments', { task, author: 'user:3', html: 'Hello', notify: [] });
    const { id } = await acme.control('POST', `/buttons/${button}/press`, { task });
    planfix.clock.advance(179_000);
    expect(await pressOf(acme, id)).toMatchObject({ state: 'waiting', answer: '' });
    expect(received.length).toBe(1);
    planfix.clock.advance(1_000);
    await planfix.until(async () => (await pressOf(acme, id)).state === 'delivered');
    expect(received.map(({ path, concurrent }) => [path, concurrent])).toEqual([
      ['/send', 1],
      ['/hint', 1],
      ['/send', 1],
    ]);
  });

  it('is held back by a hint that failed, and by a server that is not there', async () => {
    const { acme, task } = await aDialogue();
    await acme.control('PUT', '/hint', { url: `${url}/hint`, secret: 'shh' });
    const button = await aButton(acme);
    const nowhere = await aButton(acme, { name: 'Nowhere', url: 'http://127.0.0.1:9/' });
    statuses = [500];
    await acme.control('POST', '/comments', { task, author: 'user:3', html: 'Hello', notify: [] });
    await planfix.until(async () => (await boardOf(acme)).frozenUntilMs > 0);
    const { id } = await acme.control('POST', `/buttons/${button}/press`, { task });
    expect(await pressOf(acme, id)).toMatchObject({ state: 'waiting' });
    await acme.control('POST', '/hint/thaw');
    await planfix.until(async () => (await pressOf(acme, id)).state === 'delivered');
    expect(await pressed(acme, nowhere, { task })).toMatchObject({ state: 'failed', status: null });
    expect((await boardOf(acme)).frozenUntilMs).toBe(planfix.core.clock.now() + 180_000);
  });

  it('is on the card of a contact too, in the standard set, and can be replaced and deleted', async () => {
    const { acme, contactId } = await aDialogue();
    const target = { url: `${url}/send`, secret: 'shh', connection: 'c-1' };
    await acme.control('PUT', '/buttons', { ...target, templates: ['old'] });
    await acme.control('PUT', '/buttons', { ...target, templates: ['order_ready'] });
    const { buttons } = await boardOf(acme);
    expect(buttons.map(({ name, place }) => [name, place])).toEqual([
      ['Send WhatsApp template', 'task'],
      ['Send WhatsApp template', 'contact'],
      ['Write to WhatsApp', 'contact'],
    ]);
    const [, template, write] = buttons.map(({ id }) => id);
    await pressed(acme, template ?? 0, { contact: contactId, answers: { first: 'Jane' } });
    const done = await pressed(acme, write ?? 0, { contact: contactId, answers: { text: 'Good morning' } });
    const shared = { contact: String(contactId), phone: '+49 151 2345', name: 'Jane', connection: 'c-1' };
    expect(received.map(({ form }) => form)).toEqual([
      {
        ...shared,
        button: 'Send WhatsApp template',
        template: 'order_ready',
        language: 'en',
        'body.1': 'Jane',
        'body.2': '',
      },
      { ...shared, button: 'Write to WhatsApp', text: 'Good morning' },
    ]);
    expect(done).toMatchObject({ answer: answerText });
    await acme.control('DELETE', `/buttons/${write}`);
    expect((await boardOf(acme)).buttons.length).toBe(2);
    expect((await acme.controlCall('POST', `/buttons/${write}/press`, { contact: contactId })).status).toBe(404);
  });
});
