import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';
import {
  aPhoto,
  bakery,
  bubbleOf,
  buildPage,
  createBakery,
  dropFiles,
  naturalWidthOf,
  sendAsBusiness,
  uploadAsBusiness,
} from '../support/sandbox-page.ts';

const { account, phoneNumberId } = bakery;

type Item = {
  id: string;
  from: string;
  origin: string;
  type: string;
  text: string;
  payload: Record<string, unknown>;
  media?: { filename?: string; sha256: string; url: string };
  quoted?: string;
  forwarded?: string;
  reactions: { from: string; emoji: string }[];
  referral?: { headline: string };
  isEdited: boolean;
  isDeleted: boolean;
};

type DumpedComment = {
  id: number;
  description: string;
  answersComment?: number;
  files: { name: string; sha256: string }[];
};

const prices = { name: 'Цены.csv', type: 'text/csv', bytes: Buffer.from('cake;12\n') };
const digestOf = ({ bytes }: { bytes: Buffer }) => createHash('sha256').update(bytes).digest('hex');

describe('messages of every kind on the sandbox page', () => {
  let sandbox: TestSandbox;
  let browser: Browser;
  let page: Page;
  let addresses: string[];
  let customer: string;

  beforeAll(async () => {
    buildPage();
    sandbox = await startSandbox();
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await sandbox?.process.stop('SIGTERM', 10_000);
  });

  beforeEach(async () => {
    await createBakery(sandbox);
    const person = { name: 'Maria Petrova', phone: '79215550123' };
    customer = (await sandbox.control<{ userId: string }>('POST', 'graph/customers', person)).userId;
    await say({ text: 'Do you have the honey cake?' });
    page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(45_000);
    addresses = [];
    page.on('request', (request) => addresses.push(request.url()));
    await page.goto(sandbox.url);
    await bubbleOf(phone(), 'Do you have the honey cake?').waitFor();
  });

  afterEach(async () => {
    await page?.close();
    // Neither a map nor anything else is fetched.
    const isOurs = (address: string) => address.startsWith(sandbox.url) || /^(data|blob):/.test(address);
    expect(addresses.filter((address) => !isOurs(address))).toEqual([]);
  });

  const phone = () => page.getByRole('complementary', { name: 'WhatsApp' });
  const chat = () => page.getByRole('region', { name: 'Sunny Bakery' });
  const planfix = () => page.getByRole('main', { name: 'Planfix' });
  const message = () => page.getByRole('textbox', { name: 'Message as the customer' });
  const comment = () => page.getByRole('textbox', { name: 'Comment', exact: true });

  const say = (content: Record<string, unknown>) =>
    sandbox.control<{ wamid: string }>('POST', 'graph/messages', { phoneNumberId, from: customer, ...content });

  const items = async (): Promise<Item[]> => {
    const path = `graph/customers/79215550123/messages?phoneNumberId=${phoneNumberId}`;
    return (await sandbox.control<{ items: Item[] }>('GET', path)).items;
  };
  const newest = async () => {
    const item = (await items()).at(-1);
    if (item === undefined) throw new Error('the chat is empty');
    return item;
  };

  const attach = async (name: string) => {
    await page.getByRole('button', { name: 'Attach', exact: true }).click();
    await page.getByRole('menuitem', { name, exact: true }).click();
  };
  const submitDialog = async () => {
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };
  const actOn = async (bubble: Locator, name: string) => {
    await bubble.hover();
    await bubble.getByRole('button', { name: /^Actions with the message/ }).click();
    await page.getByRole('menuitem', { name, exact: true }).click();
  };

  it('sends dropped files as an album with the caption on the first, and shows them', async () => {
    await dropFiles(chat(), [aPhoto, prices]);
    await message().fill('Like this one');
    await page.getByRole('button', { name: 'Send as the customer' }).click();
    const link = chat().getByRole('link', { name: 'Download Цены.csv' });
    await link.waitFor();
    expect((await items()).slice(1)).toMatchObject([
      { type: 'image', text: 'Like this one', media: { sha256: digestOf(aPhoto) } },
      { type: 'document', text: '', media: { filename: 'Цены.csv', sha256: digestOf(prices) } },
    ]);
    const picture = bubbleOf(phone(), 'Like this one').getByRole('img', { name: 'cake.png' });
    expect(await naturalWidthOf(picture)).toBe(3);
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(readFileSync(await download.path())).toEqual(prices.bytes);
    await phone().getByRole('list', { name: 'Picked files' }).waitFor({ state: 'detached' });
  });

  it('sends picked files as they are, as documents and as a voice message', async () => {
    const pick = async (name: string, file: { name: string; mimeType: string; buffer: Buffer }) => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), attach(name)]);
      await chooser.setFiles(file);
    };
    await pick('As documents…', { name: 'cake.png', mimeType: 'image/png', buffer: aPhoto.bytes });
    await page.getByRole('button', { name: 'Send as the customer' }).click();
    await chat().getByRole('link', { name: 'Download cake.png' }).waitFor();
    await pick('Voice from a file…', { name: 'a.ogg', mimeType: 'audio/ogg', buffer: Buffer.from('OggS') });
    await chat().getByRole('img', { name: 'Voice message' }).or(bubbleOf(phone(), 'a.ogg')).first().waitFor();
    expect((await items()).slice(1)).toMatchObject([{ type: 'document' }, { type: 'audio', payload: { voice: true } }]);
  });

  it('makes up a photo, a voice message and a sticker that can be looked at and listened to', async () => {
    await attach('Photo');
    await page.getByRole('button', { name: 'Send as the customer' }).click();
    expect(await naturalWidthOf(chat().getByRole('img', { name: /^photo-.*jpg$/ }))).toBe(960);
    await attach('Sticker');
    expect(await naturalWidthOf(chat().getByRole('img', { name: 'sticker.webp' }))).toBe(512);
    await attach('Voice message');
    const sound = chat().locator('audio');
    await sound.waitFor();
    expect(await secondsOf(sound)).toBe(5);
  });

  it.each([
    ['Location', 'location', { name: 'Kazan Cathedral', latitude: 59.9343 }],
    ['Contact', 'contacts', [{ name: { formatted_name: 'Pavel Sidorov' }, phones: [{ wa_id: '79215550124' }] }]],
    ['Tap a button', 'interactive', { button_reply: { title: 'Yes, please' } }],
    ['Choose from a list', 'interactive', { list_reply: { title: 'Tomorrow, 10:00' } }],
    ['Order', 'order', { product_items: [{ quantity: 2 }] }],
  ])('asks what it needs for: %s', async (name, type, payload) => {
    await attach(name);
    await submitDialog();
    await chat().getByRole('listitem').nth(2).waitFor();
    expect(await newest()).toMatchObject({ type, payload });
  });

  it('fills in a form, whole or broken, and comes from an advertisement', async () => {
    await attach('Fill in a form');
    await page.getByLabel('Answers as JSON').fill('{"guests":"2"}');
    await page.getByLabel('Broken: cut off in the middle').check();
    await submitDialog();
    await bubbleOf(phone(), 'Filled in a form').waitFor();
    expect(await newest()).toMatchObject({ payload: { nfm_reply: { response_json: '{"guest' } } });
    await attach('From an ad');
    await submitDialog();
    await bubbleOf(phone(), 'City bikes, 20 % off').getByText('Is this still available?').waitFor();
    expect(await newest()).toMatchObject({ type: 'text', referral: { headline: 'City bikes, 20 % off' } });
  });

  it('sends what the network does not pass on, and tells that only the chat was opened', async () => {
    await attach('Poll (not passed on)');
    await bubbleOf(phone(), 'WhatsApp does not pass this on (poll_creation)').waitFor();
    await attach('View-once photo');
    await bubbleOf(phone(), 'To be viewed once').waitFor();
    expect((await items()).map(({ type }) => type)).toEqual(['text', 'unsupported', 'image']);
    // It stands nowhere in the chat.
    const told = page.waitForResponse(async (response) => {
      if (!response.url().endsWith('/control/state')) return false;
      return ((await response.json()) as { graph: { messages: number } }).graph.messages === 4;
    });
    await attach('Chat only opened');
    await told;
    expect(await items()).toHaveLength(3);
  });

  it('quotes, reacts and takes the reaction back, edits and deletes', async () => {
    const asked = await sendAsBusiness(sandbox, { type: 'text', text: { body: 'Shall we reserve it?' } });
    await actOn(bubbleOf(phone(), 'Shall we reserve it?'), 'Reply');
    await page.locator('textarea:focus').waitFor();
    await page.keyboard.type('Yes, for Friday');
    await page.keyboard.press('Enter');
    const answer = bubbleOf(phone(), 'Yes, for Friday');
    await answer.getByRole('button', { name: 'Go to the quoted message' }).getByText('Shall we reserve it?').waitFor();
    expect(await newest()).toMatchObject({ text: 'Yes, for Friday', quoted: asked });

    const question = chat().locator('.bubble[data-from="business"]');
    await actOn(question, 'React with 👍');
    await question.getByRole('button', { name: 'Take back 👍' }).waitFor();
    expect((await items())[1]?.reactions).toMatchObject([{ from: 'customer', emoji: '👍' }]);
    await question.getByRole('button', { name: 'Take back 👍' }).click();
    await question.getByRole('button', { name: 'Take back 👍' }).waitFor({ state: 'detached' });
    expect((await items())[1]?.reactions).toEqual([]);

    await actOn(answer, 'Edit');
    await message().fill('Yes, for Saturday');
    await page.keyboard.press('Enter');
    await bubbleOf(phone(), 'Yes, for Saturday').getByText('edited').waitFor();
    expect(await newest()).toMatchObject({ text: 'Yes, for Saturday', isEdited: true, quoted: asked });
    await actOn(bubbleOf(phone(), 'Yes, for Saturday'), 'Delete for everyone');
    await bubbleOf(phone(), 'This message was deleted').waitFor();
    expect(await newest()).toMatchObject({ isDeleted: true });
  });

  it('forwards, and answers an offer with a tap that quotes it', async () => {
    const offered = await sendAsBusiness(sandbox, { type: 'text', text: { body: 'Cake or pie?' } });
    await actOn(bubbleOf(phone(), 'Cake or pie?'), 'Tap a button');
    await page.getByLabel('What the button says').fill('Cake');
    await submitDialog();
    await bubbleOf(phone(), 'Tapped a button').waitFor();
    expect(await newest()).toMatchObject({ quoted: offered, payload: { button_reply: { title: 'Cake' } } });
    await actOn(bubbleOf(phone(), 'Do you have the honey cake?'), 'Forward');
    await bubbleOf(phone(), 'Forwarded').getByText('Do you have the honey cake?').waitFor();
    expect(await newest()).toMatchObject({ text: 'Do you have the honey cake?', forwarded: 'once' });
  });

  it('writes and deletes as a colleague in the WhatsApp Business app', async () => {
    await phone().getByText('Colleague in the app').click();
    await page.getByRole('textbox', { name: 'Message as the colleague' }).fill('From my phone');
    await page.getByRole('button', { name: 'Send as the colleague' }).click();
    const echo = bubbleOf(phone(), 'From my phone');
    await echo.getByText('WhatsApp Business app').waitFor();
    expect(await newest()).toMatchObject({ from: 'business', origin: 'app', text: 'From my phone' });
    await actOn(echo, 'Delete for everyone');
    await bubbleOf(phone(), 'This message was deleted').waitFor();
    expect(await newest()).toMatchObject({ origin: 'app', isDeleted: true });
  });

  it('shows every kind that the business sends, its reaction, and that it has read', async () => {
    const [first] = await items();
    const id = await uploadAsBusiness(sandbox, new File([aPhoto.bytes], aPhoto.name, { type: aPhoto.type }));
    await sendAsBusiness(sandbox, {
      type: 'image',
      image: { id, caption: 'This one' },
      context: { message_id: first?.id },
    });
    const location = { latitude: 55.75, longitude: 37.62, name: 'Sunny Bakery, shop' };
    await sendAsBusiness(sandbox, { type: 'location', location });
    const contacts = [{ name: { formatted_name: 'Vera Baker' }, phones: [{ phone: '+7 495 555-00-12' }] }];
    await sendAsBusiness(sandbox, { type: 'contacts', contacts });
    await sandbox.control('POST', 'graph/templates', {
      phoneNumberId,
      name: 'ready',
      language: 'en',
      body: 'Ready, {{1}}!',
    });
    const values = [{ type: 'body', parameters: [{ type: 'text', text: 'Maria' }] }];
    const template = { name: 'ready', language: { code: 'en' }, components: values };
    await sendAsBusiness(sandbox, { type: 'template', template });
    await sendAsBusiness(sandbox, { type: 'reaction', reaction: { message_id: first?.id, emoji: '❤️' } });
    await sendAsBusiness(sandbox, { status: 'read', message_id: first?.id });

    const picture = bubbleOf(phone(), 'This one');
    expect(await naturalWidthOf(picture.getByRole('img', { name: 'cake.png' }))).toBe(3);
    await picture.getByRole('button', { name: 'Go to the quoted message' }).getByText('honey cake').waitFor();
    const map = bubbleOf(phone(), 'Sunny Bakery, shop').getByRole('link');
    expect(await map.getAttribute('href')).toContain('mlat=55.75&mlon=37.62');
    await bubbleOf(phone(), 'Vera Baker').getByText('+7 495 555-00-12').waitFor();
    await bubbleOf(phone(), 'Template · ready').getByText('Ready, Maria!').waitFor();
    const own = chat().locator('.bubble[data-from="customer"]');
    await own.getByRole('img', { name: 'The business reacted with ❤️' }).waitFor();
    await own.getByRole('img', { name: 'Read by the business' }).waitFor();
  });

  it('shows a file that is no picture by its name, and says what was too large to come', async () => {
    const bytes = Buffer.from('<svg onload="document.title = 1">').toString('base64');
    await say({ media: { kind: 'image', base64: bytes, mimeType: 'image/jpeg', caption: 'Not a picture' } });
    await bubbleOf(phone(), 'Not a picture').getByRole('link', { name: 'Download Photo' }).waitFor();
    expect(await page.title()).toBe('Parley sandbox');
    await say({ media: { kind: 'document', size: 101 * 1024 * 1024 } });
    await bubbleOf(phone(), 'WhatsApp does not pass this on (Document)').waitFor();
  });

  /** A task as the product would have made it, with a file in its description and one in a comment. */
  const addTask = async () => {
    const path = `planfix/${account}`;
    const { ref } = await sandbox.control<{ ref: string }>('POST', `${path}/contacts`, { name: 'Maria Petrova' });
    const given = [{ name: aPhoto.name, base64: aPhoto.bytes.toString('base64') }];
    const people = { assigner: ref, counterparty: ref, assignees: ['user:3'] };
    const description = '<p>Do you have the honey cake?</p>';
    const task = { name: 'Maria Petrova (WhatsApp)', description, template: 10, ...people, files: given };
    const { id } = await sandbox.control<{ id: number }>('POST', `${path}/tasks`, task);
    const written = {
      task: id,
      author: ref,
      html: '<p>For Friday</p>',
      notify: ['user:3'],
      files: [{ name: 'list.pdf', size: 2_000 }],
    };
    return sandbox.control<{ id: number }>('POST', `${path}/comments`, written);
  };
  const newestComment = async () => {
    const dump = await sandbox.control<{ tasks: { comments: DumpedComment[] }[] }>('GET', `planfix/${account}`);
    const found = dump.tasks[0]?.comments.at(-1);
    if (found === undefined) throw new Error('the task has no comment');
    return found;
  };

  it('shows files of descriptions and comments in Planfix', async () => {
    await addTask();
    const description = planfix().getByRole('region', { name: 'Description' });
    expect(await naturalWidthOf(description.getByRole('img', { name: 'cake.png' }))).toBe(3);
    const link = planfix().getByRole('article').getByRole('link', { name: 'Download list.pdf' });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(readFileSync(await download.path())).toHaveLength(2_000);
  });

  it('answers a certain comment with dropped files, and changes the answer without losing its quote', async () => {
    const { id } = await addTask();
    await page.getByRole('button', { name: `Actions with comment ${id}` }).click();
    await page.getByRole('menuitem', { name: 'Reply' }).click();
    await dropFiles(page.getByRole('region', { name: 'New comment' }), [aPhoto, prices]);
    await comment().fill('This one?');
    await page.getByRole('button', { name: 'Add comment' }).click();
    const answer = planfix().getByRole('article').filter({ hasText: 'This one?' });
    await answer.getByRole('blockquote').getByText('For Friday').waitFor();
    const written = await newestComment();
    expect(written).toMatchObject({
      answersComment: id,
      files: [
        { name: 'cake.png', sha256: digestOf(aPhoto) },
        { name: 'Цены.csv', sha256: digestOf(prices) },
      ],
    });

    await page.getByRole('button', { name: `Actions with comment ${written.id}` }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await page.getByRole('button', { name: 'Remove cake.png' }).click();
    await comment().fill('Rather these?');
    await page.getByRole('button', { name: 'Save' }).click();
    await planfix().getByRole('article').filter({ hasText: 'Rather these?' }).getByText('edited').waitFor();
    const changed = await newestComment();
    expect(changed.files.map(({ name }) => name)).toEqual(['Цены.csv']);
    expect(changed.description).toMatch(/^<blockquote>.*For Friday<\/blockquote><p>Rather these\?<\/p>$/);
  });

  it('lets an agent send a file without a word', async () => {
    await addTask();
    await dropFiles(page.getByRole('region', { name: 'New comment' }), [prices]);
    await page.getByRole('button', { name: 'Add comment' }).click();
    await planfix().getByRole('article').filter({ hasText: 'Цены.csv' }).waitFor();
    expect(await newestComment()).toMatchObject({ description: '', files: [{ name: 'Цены.csv' }] });
  });
});

/** Once it is known how long it is. */
function secondsOf(sound: Locator): Promise<number> {
  return sound.evaluate(async (element) => {
    const audio = element as unknown as EventTarget & { readyState: number; duration: number };
    if (audio.readyState === 0) {
      await new Promise((resolve) => audio.addEventListener('loadedmetadata', resolve, { once: true }));
    }
    return audio.duration;
  });
}
