import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';
import { bakery, bubbleOf, buildPage, createBakery, sendAsBusiness } from '../support/sandbox-page.ts';

const { account, phoneNumberId, wabaId } = bakery;
const phoneOfMaria = '79215550123';
const answer = 'Sent to Maria Petrova as WhatsApp template "order_ready".';

type Dump = {
  tasks: {
    id: number;
    name: string;
    template: string;
    assigner: { id: string };
    comments: { id: number; recipients: { users: unknown[] } }[];
  }[];
};
type Template = { id: string; name: string; status: string; category: string; body: string };
type Chat = { items: { type: string; payload: unknown }[] };

describe('what a company starts, on the sandbox page', () => {
  let sandbox: TestSandbox;
  let browser: Browser;
  let page: Page;
  let receiver: Server;
  let receiverUrl: string;
  let received: Record<string, string>[];
  let status: number;

  beforeAll(async () => {
    buildPage();
    receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        received.push(Object.fromEntries(new URLSearchParams(text)));
        response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(answer);
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    [sandbox, browser] = await Promise.all([startSandbox(), openBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await sandbox?.process.stop('SIGTERM', 10_000);
    receiver?.closeAllConnections();
    receiver?.close();
  });

  beforeEach(async () => {
    received = [];
    status = 200;
    await createBakery(sandbox);
    page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(45_000);
  });

  afterEach(async () => {
    await page?.close();
  });

  const phone = () => page.getByRole('complementary', { name: 'WhatsApp' });
  const planfix = () => page.getByRole('main', { name: 'Planfix' });
  const templates = () => page.getByRole('main', { name: 'Templates' });
  const dialog = () => page.getByRole('dialog');
  const ofAccount = <T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) =>
    sandbox.control<T>(method, `planfix/${account}${path}`, body);

  const open = async (view?: 'Mailings' | 'Templates') => {
    await page.goto(sandbox.url);
    await page.getByText('Live', { exact: true }).waitFor();
    const views = page.getByRole('radiogroup', { name: 'What of the company is shown' });
    if (view !== undefined) await views.getByText(view, { exact: true }).click();
  };

  const addButtons = () =>
    ofAccount('PUT', '/buttons', {
      url: receiverUrl,
      secret: 'shh',
      connection: 'connection-1',
      templates: ['order_ready', 'invoice'],
    });

  const addTask = async () => {
    const person = { name: 'Maria Petrova', phone: `+${phoneOfMaria}` };
    const { id, ref } = await ofAccount<{ id: number; ref: string }>('POST', '/contacts', person);
    const task = { name: 'Honey cake', template: 10, assigner: ref, assignees: ['user:3'] };
    return { task: (await ofAccount<{ id: number }>('POST', '/tasks', task)).id, contact: id, ref };
  };

  const pressOnCard = async (first: string) => {
    await planfix().getByRole('button', { name: 'Send WhatsApp template' }).click();
    await dialog().getByLabel('Value 1').fill(first);
    await dialog().getByRole('button', { name: 'Press the button' }).click();
    await dialog().waitFor({ state: 'detached' });
  };

  it('presses a button of a task: its form goes out, and the answer becomes a comment that notifies nobody', async () => {
    await addButtons();
    const { task } = await addTask();
    await open();
    await pressOnCard('Maria');
    await planfix().getByRole('article').filter({ hasText: answer }).getByText('Nobody was notified').waitFor();
    expect(received).toEqual([
      {
        task: String(task),
        connection: 'connection-1',
        button: 'Send WhatsApp template',
        template: 'order_ready',
        language: 'en',
        'body.1': 'Maria',
        'body.2': '',
      },
    ]);
    const { tasks } = await ofAccount<Dump>('GET', '');
    expect(tasks[0]?.comments[0]?.recipients.users).toEqual([]);
  });

  it('shows that a failure keeps further requests back, and until when', async () => {
    await addButtons();
    await addTask();
    await open();
    const frozen = () => planfix().getByText(/Planfix keeps all further ones/);
    await planfix().getByText('Honey cake').first().waitFor();
    expect(await frozen().count()).toBe(0);
    status = 500;
    await pressOnCard('Maria');
    await planfix().getByText('was answered with 500').waitFor();
    await frozen().waitFor();
    status = 200;
    await pressOnCard('Maria');
    await planfix().getByText('is waiting for its turn').waitFor();
    expect(received.length).toBe(1);
    await planfix().getByRole('button', { name: 'End the wait' }).click();
    await planfix().getByRole('article').filter({ hasText: answer }).waitFor();
    await frozen().waitFor({ state: 'detached' });
  });

  it('opens the card of a contact, writes from it, and shows the answer there', async () => {
    await addButtons();
    const { contact } = await addTask();
    await open();
    await planfix().getByTitle('Open the card of the contact').click();
    const card = planfix().getByRole('region', { name: 'Maria Petrova' });
    await card.getByText(`+${phoneOfMaria}`).waitFor();
    await card.getByRole('button', { name: 'Write to WhatsApp' }).click();
    await dialog().getByRole('textbox', { name: 'Message' }).fill('Good morning');
    await dialog().getByRole('button', { name: 'Press the button' }).click();
    await card.getByText(answer).waitFor();
    expect(received).toMatchObject([{ contact: String(contact), text: 'Good morning' }]);
    await card.getByRole('button', { name: /Honey cake/ }).click();
    await planfix().getByRole('heading', { name: 'Honey cake' }).waitFor();
  });

  it('starts a task by hand with a new contact as its assigner', async () => {
    await open();
    await planfix().getByText('Contacts', { exact: true }).click();
    await planfix().getByRole('button', { name: 'New contact' }).click();
    await dialog().getByLabel('Name', { exact: true }).fill('Pavel Sidorov');
    await dialog().getByLabel('Phone number').fill('+7 921 555-01-24');
    await dialog().getByRole('button', { name: 'Create contact' }).click();
    await planfix().getByRole('button', { name: 'New task from Pavel Sidorov' }).click();
    await dialog().getByLabel('Name of the task').fill('Cake for Friday');
    await dialog().getByRole('button', { name: 'Create task' }).click();
    await planfix().getByRole('heading', { name: 'Cake for Friday' }).waitFor();
    await planfix().getByText('Goes to Pavel Sidorov in WhatsApp').waitFor();
    const { tasks } = await ofAccount<Dump>('GET', '');
    expect(tasks).toMatchObject([
      { name: 'Cake for Friday', template: 'Customer enquiry', assigner: { id: 'contact:101' } },
    ]);
  });

  const readTemplates = async () =>
    (await sandbox.control<{ items: Template[] }>('GET', `graph/templates?wabaId=${wabaId}`)).items;
  const choose = async (opener: Locator, item: string) => {
    await opener.click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  };

  it('makes a template, and plays what Meta decides about it', async () => {
    await open('Templates');
    await templates().getByText('No template yet').waitFor();
    await templates().getByRole('button', { name: 'New template' }).click();
    await dialog().getByLabel('Name of the template').fill('spring_offer');
    await dialog().getByRole('textbox', { name: 'Body' }).fill('Hi {{first_name}}, it is spring.');
    await dialog().getByLabel('Footer').fill('Sunny Bakery');
    await dialog().getByLabel('Quick replies').fill('Tell me more, No, thanks');
    await dialog().getByLabel('Approved at once').uncheck();
    await dialog().getByRole('button', { name: 'Create template' }).click();
    const card = templates().getByRole('article', { name: 'spring_offer' });
    await card.getByText('In review').waitFor();
    await card.getByText('Tell me more').waitFor();
    const more = () => card.getByRole('button', { name: 'Actions with the template spring_offer' });
    const now = async () => (await readTemplates())[0];
    expect(await now()).toMatchObject({ status: 'PENDING', category: 'UTILITY' });
    await card.getByRole('button', { name: 'Approve' }).click();
    await card.getByText('Approved', { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Pause' }).click();
    await card.getByText('Paused', { exact: true }).waitFor();
    await choose(more(), 'Marketing');
    await card.getByText('Marketing', { exact: false }).waitFor();
    expect(await now()).toMatchObject({ status: 'PAUSED', category: 'MARKETING' });
    await choose(more(), 'Disable');
    await card.getByText('Disabled', { exact: true }).waitFor();
    await choose(more(), 'Delete');
    await templates().getByText('No template yet').waitFor();
  });

  const addOffer = () =>
    sandbox.control('POST', 'graph/templates', {
      wabaId,
      name: 'spring_offer',
      language: 'en',
      category: 'MARKETING',
      parameterFormat: 'NAMED',
      header: 'Sunny Bakery',
      body: 'Hi {{first_name}}, it is spring.',
      footer: 'Until Sunday',
      buttons: [{ type: 'QUICK_REPLY', text: 'Tell me more' }],
    });
  const sendOffer = () =>
    sendAsBusiness(sandbox, {
      type: 'template',
      template: {
        name: 'spring_offer',
        language: { code: 'en' },
        components: [{ type: 'body', parameters: [{ type: 'text', parameter_name: 'first_name', text: 'Maria' }] }],
      },
    });

  it('shows a filled template on the phone, where its quick reply is tapped and offers are stopped', async () => {
    await sandbox.control('POST', 'graph/customers', { name: 'Maria Petrova', phone: phoneOfMaria });
    await addOffer();
    await open();
    expect(await sendOffer()).toMatch(/^wamid\./);
    const bubble = bubbleOf(phone(), 'Hi Maria, it is spring.');
    for (const part of ['Sunny Bakery', 'Until Sunday']) await bubble.getByText(part).waitFor();
    await bubble.getByRole('button', { name: 'Tell me more' }).click();
    await bubbleOf(phone(), 'Tapped a button').getByText('Tell me more').waitFor();
    const path = `graph/customers/${phoneOfMaria}/messages?phoneNumberId=${phoneNumberId}`;
    const { items } = await sandbox.control<Chat>('GET', path);
    expect(items.at(-1)).toMatchObject({ type: 'button', payload: { text: 'Tell me more' } });

    const offers = phone().getByRole('button', { name: 'Offers of Sunny Bakery' });
    await choose(offers, 'Stop marketing messages');
    await expect(sendOffer()).rejects.toThrow('131050');
    await choose(offers, 'Allow marketing messages again');
    expect(await sendOffer()).toMatch(/^wamid\./);
  });

  it('says that it does not know Parley, or why Parley does not answer', async () => {
    await open('Mailings');
    const mailings = page.getByRole('main', { name: 'Mailings' });
    await mailings.getByText('Parley is not known here').waitFor();
    await sandbox.control('PUT', 'parley', { url: 'http://127.0.0.1:9', key: 'a-key' });
    await mailings
      .getByRole('alert')
      .getByText(/Parley at http:\/\/127.0.0.1:9 cannot be reached/)
      .waitFor();
    expect(await mailings.getByText('Parley is not known here').count()).toBe(0);
  });

  it('asks nobody but the sandbox, in Russian as in English', async () => {
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    await addButtons();
    await addTask();
    await open('Templates');
    await page.getByText('RU', { exact: true }).click();
    for (const view of ['Шаблоны', 'Рассылки', 'Планфикс']) {
      await page.locator('header').getByText(view, { exact: true }).click();
      await page.getByRole('main', { name: view }).waitFor();
    }
    expect(addresses.filter((address) => !address.startsWith(sandbox.url))).toEqual([]);
  });
});
