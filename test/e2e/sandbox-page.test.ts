import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';
import { bakery, bubbleOf, buildPage, createBakery, sendAsBusiness } from '../support/sandbox-page.ts';

const { account, phoneNumberId, appId, accessToken } = bakery;

type Dump = {
  contacts: { ref: string }[];
  tasks: { id: number; status: { name: string }; isDeleted: boolean; comments: DumpedComment[] }[];
};

type DumpedComment = { id: number; description: string; isDeleted: boolean; recipients: { users: { id: string }[] } };

describe('the sandbox page', () => {
  let sandbox: TestSandbox;
  let browser: Browser;
  let page: Page;
  let addresses: string[];
  let contact: string;
  let task: number;

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
    page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(45_000);
    addresses = [];
    page.on('request', (request) => addresses.push(request.url()));
  });

  afterEach(async () => {
    await page?.close();
  });

  const open = async () => {
    await page.goto(sandbox.url);
    await page.getByText('Live', { exact: true }).waitFor();
  };

  const phone = () => page.getByRole('complementary', { name: 'WhatsApp' });
  const planfix = () => page.getByRole('main', { name: 'Planfix' });
  const comment = () => page.getByRole('textbox', { name: 'Comment', exact: true });
  const notified = () => page.getByRole('group', { name: 'Notify' });
  const dump = () => sandbox.control<Dump>('GET', `planfix/${account}`);

  const addCustomer = (name = 'Maria Petrova', digits = '79215550123') =>
    sandbox.control<{ userId: string }>('POST', 'graph/customers', { name, phone: digits });

  /** The task as the product would have made it out of a customer's first message. */
  const addTask = async (description = '<p>Do you have the honey cake?</p>') => {
    const path = `planfix/${account}`;
    contact = (await sandbox.control<{ ref: string }>('POST', `${path}/contacts`, { name: 'Maria Petrova' })).ref;
    const people = { assigner: contact, counterparty: contact, assignees: ['user:3'] };
    const name = 'Maria Petrova (WhatsApp, +7 495 555-00-10)';
    const created = await sandbox.control<{ id: number }>('POST', `${path}/tasks`, {
      name,
      description,
      template: 10,
      ...people,
    });
    task = created.id;
  };

  const newestComment = async (): Promise<DumpedComment> => {
    const found = (await dump()).tasks.find(({ id }) => id === task)?.comments.at(-1);
    if (found === undefined) throw new Error('the task has no comment');
    return found;
  };

  const submit = async (shown: string) => {
    await page.getByRole('button', { name: 'Add comment' }).click();
    await planfix().getByRole('article').filter({ hasText: shown }).waitFor();
    return newestComment();
  };

  it('creates a customer and shows what they write as a bubble on their phone', async () => {
    await open();
    await page.getByRole('button', { name: 'New customer' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Maria Petrova');
    await dialog.getByLabel('Phone number', { exact: true }).fill('+7 921 555-01-23');
    await dialog.getByRole('button', { name: 'Create customer' }).click();
    await page.getByRole('textbox', { name: 'Message as the customer' }).fill('Do you have the *honey* cake?');
    await page.getByRole('button', { name: 'Send as the customer' }).click();
    await bubbleOf(phone(), 'Do you have the honey cake?').waitFor();
    const chat = await sandbox.control<unknown>(
      'GET',
      `graph/customers/79215550123/messages?phoneNumberId=${phoneNumberId}`,
    );
    expect(JSON.stringify(chat)).toContain('Do you have the *honey* cake?');
  });

  it('shows whoever is known by their phone alone with all of it, and leaves room for a new customer', async () => {
    const shown = Array.from({ length: 8 }, (_, index) => ({ name: `Guest ${index}`, phone: `7921555020${index}` }));
    await sandbox.control('POST', 'graph/customers', { customers: shown });
    await sendAsBusiness(sandbox, { to: '+447700900112', type: 'text', text: { body: 'Hello' } });
    await open();
    const nameless = phone().getByRole('button', { name: '+447700900112' });
    const words = nameless.getByText('+447700900112');
    await nameless.click();
    expect(await words.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    const right = async (locator: Locator) => {
      const box = await locator.boundingBox();
      return box === null ? Number.POSITIVE_INFINITY : box.x + box.width;
    };
    const edge = await right(phone());
    expect(await right(phone().getByRole('button', { name: 'New customer' }))).toBeLessThanOrEqual(edge);
    // Control: the people themselves do not all fit.
    await phone().getByRole('button', { name: 'Guest 0' }).click();
    expect(await right(nameless)).toBeGreaterThan(edge);
  });

  it('makes a customer without a phone number', async () => {
    await open();
    await page.getByRole('button', { name: 'New customer' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Sunflower Ann');
    await dialog.getByLabel('Hides the phone number (username only)').check();
    await dialog.getByRole('button', { name: 'Create customer' }).click();
    await page.getByRole('textbox', { name: 'Message as the customer' }).fill('Hello');
    await page.keyboard.press('Enter');
    await bubbleOf(phone(), 'Hello').waitFor();
    await phone().getByRole('button', { name: 'Sunflower Ann' }).waitFor();
  });

  it('shows a message of the business with its status, and the reason when it failed', async () => {
    const { userId } = await addCustomer();
    await sandbox.control('POST', 'graph/messages', { phoneNumberId, from: userId, text: 'Hello' });
    await open();
    const first = await sendAsBusiness(sandbox, { type: 'text', text: { body: 'Good morning' } });
    await bubbleOf(phone(), 'Good morning')
      .getByRole('img', { name: /Sent|Delivered|Read/ })
      .waitFor();
    await sandbox.control('POST', 'graph/read', { customer: '79215550123', phoneNumberId });
    await bubbleOf(phone(), 'Good morning').getByRole('img', { name: 'Read' }).waitFor();
    expect(first).toMatch(/^wamid\./);
    await sandbox.control('POST', 'faults', { target: 'graph', kind: 'async-error', code: 131_026 });
    await sendAsBusiness(sandbox, { type: 'text', text: { body: 'Are you there?' } });
    await bubbleOf(phone(), 'Are you there?')
      .getByRole('img', { name: /Failed: .*131026/ })
      .waitFor();
  });

  it('proposes the customer, in blue, and gives Planfix the formatted comment with who is notified', async () => {
    await addTask();
    await open();
    await notified().getByText('Maria Petrova').waitFor();
    await planfix().getByText('Goes to Maria Petrova in WhatsApp').waitFor();
    await comment().click();
    await page.keyboard.type('We ');
    await page.getByRole('button', { name: 'Bold' }).click();
    await page.keyboard.type('do');
    await page.getByRole('button', { name: 'Bold' }).click();
    await page.keyboard.type(' & <will>');
    const written = await submit('We do & <will>');
    expect(written.description).toBe('<p>We <b>do</b> &amp; &lt;will&gt;</p>');
    expect(written.recipients.users.map(({ id }) => id)).toEqual([contact]);
  });

  it('keeps a comment inside once the customer is taken out, and warns when nobody is left', async () => {
    await addTask();
    await open();
    await notified().getByRole('button', { name: 'Do not notify Maria Petrova' }).click();
    await planfix().getByText('Nobody will be notified').waitFor();
    await page.getByRole('button', { name: 'Add a person to notify' }).click();
    await page.getByRole('menuitem', { name: 'Boris Agent' }).click();
    await planfix().getByText('Colleagues only: the customer does not see it').waitFor();
    await comment().fill('Boris, can the kitchen make it?');
    const written = await submit('can the kitchen make it?');
    expect(written.recipients.users.map(({ id }) => id)).toEqual(['user:4']);
  });

  it('preselects nobody for an employee who joins a colleague’s dialogue', async () => {
    await addTask();
    await open();
    await notified().getByText('Maria Petrova').waitFor();
    await page.getByRole('combobox', { name: 'Write as' }).click();
    await page.getByRole('option', { name: 'Boris Agent' }).click();
    await planfix().getByText('Nobody will be notified').waitFor();
    await comment().fill('I take over.');
    expect((await submit('I take over.')).recipients.users).toEqual([]);
  });

  it('puts a quick reply in the place of an asterisk and words in any order', async () => {
    await addTask();
    await open();
    await comment().click();
    await page.keyboard.type('Hello! *way order');
    await page.getByRole('option', { name: /Order on its way/ }).waitFor();
    await page.keyboard.press('Enter');
    const written = await submit('Your order is on its way');
    expect(written.description).toBe('<p>Hello! Your order is on its way and arrives within two days.</p>');
  });

  it('edits and deletes a comment', async () => {
    await addTask();
    await open();
    await comment().fill('First words');
    const { id } = await submit('First words');
    await page.getByRole('button', { name: `Actions with comment ${id}` }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await comment().fill('Better words');
    await page.getByRole('button', { name: 'Save' }).click();
    await planfix().getByRole('article').filter({ hasText: 'Better words' }).filter({ hasText: 'edited' }).waitFor();
    expect((await newestComment()).description).toBe('<p>Better words</p>');
    await page.getByRole('button', { name: `Actions with comment ${id}` }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await planfix().getByText('Comment deleted').waitFor();
    expect((await newestComment()).isDeleted).toBe(true);
  });

  it('changes the status of a task, moves it to the bin and back, and deletes it for good', async () => {
    await addTask();
    await open();
    page.on('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: 'Status: New' }).click();
    await page.getByRole('menuitem', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Status: Done' }).waitFor();
    const act = async (name: string) => {
      await page.getByRole('button', { name: 'Actions with the task' }).click();
      await page.getByRole('menuitem', { name }).click();
    };
    await planfix().getByRole('navigation').getByRole('button').first().click();
    await act('Move to the bin');
    await planfix().getByRole('region').getByText('in the bin').waitFor();
    await act('Restore from the bin');
    await planfix().getByRole('region').getByText('in the bin').waitFor({ state: 'detached' });
    expect((await dump()).tasks).toMatchObject([{ status: { name: 'Done' }, isDeleted: false }]);
    await act('Delete for good');
    await planfix().getByText('Write as a customer: the task appears here.').waitFor();
    expect((await dump()).tasks).toEqual([]);
  });

  it('marks a task that came while another is open, until it is opened', async () => {
    await addTask();
    await open();
    await comment().waitFor();
    await sandbox.control('POST', `planfix/${account}/tasks`, { name: 'Jonas Weber (WhatsApp)', assigner: contact });
    const row = planfix()
      .getByRole('navigation')
      .getByRole('button', { name: /Jonas Weber/ });
    await row.getByRole('img', { name: 'Unread' }).waitFor();
    await row.click();
    await planfix().getByRole('heading', { name: 'Jonas Weber (WhatsApp)' }).waitFor();
    await row.getByRole('img', { name: 'Unread' }).waitFor({ state: 'detached' });
  });

  it('keeps the chats with two business numbers apart', async () => {
    await sandbox.control('POST', 'graph/numbers', {
      phoneNumberId: '700000000000002',
      wabaId: '900000000000001',
      displayPhoneNumber: '+7 495 555-00-11',
      verifiedName: 'Sunny Wholesale',
      accessToken,
      appId,
    });
    const { userId } = await addCustomer();
    await sandbox.control('POST', 'graph/messages', { phoneNumberId, from: userId, text: 'Hello, bakery' });
    await open();
    await bubbleOf(phone(), 'Hello, bakery').waitFor();
    await page.getByRole('button', { name: /^Business number: Sunny Bakery/ }).click();
    await page.getByRole('menuitem', { name: /Sunny Wholesale/ }).click();
    await phone().getByText('An empty chat').waitFor();
    await page.getByRole('textbox', { name: 'Message as the customer' }).fill('Hello, wholesale');
    await page.keyboard.press('Enter');
    await bubbleOf(phone(), 'Hello, wholesale').waitFor();
    expect(await phone().getByText('Hello, bakery').count()).toBe(0);
  });

  it('says when free replies are over, once the clock is advanced', async () => {
    const { userId } = await addCustomer();
    await sandbox.control('POST', 'graph/messages', { phoneNumberId, from: userId, text: 'Hello' });
    await open();
    await phone()
      .getByText(/^Free replies for 23 h/)
      .waitFor();
    await page.getByRole('button', { name: 'Advance the clock by 25 hours' }).click();
    await phone().getByText('Free replies are over: only templates reach the customer').waitFor();
  });

  it('sets a fault for the next call and takes it back', async () => {
    await open();
    await page.getByRole('button', { name: /^Faults/ }).click();
    await page.getByRole('combobox', { name: 'Fault for the next call' }).click();
    await page.getByRole('option', { name: 'Too many requests' }).click();
    const remove = page.getByRole('button', { name: 'Remove the fault: Too many requests' });
    await remove.waitFor();
    const faults = async () => JSON.stringify(await sandbox.control('GET', 'faults'));
    expect(await faults()).toContain('"kind":"throttle"');
    await remove.click();
    await page.getByText('Nothing is set to go wrong.').waitFor();
    expect(await faults()).not.toContain('throttle');
  });

  it('speaks Russian once chosen and remembers it', async () => {
    await open();
    await page.getByText('RU', { exact: true }).click();
    await page.getByRole('main', { name: 'Планфикс' }).waitFor();
    await page.reload();
    await page.getByText('На связи', { exact: true }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('ru');
    await page.getByText('EN', { exact: true }).click();
    await planfix().waitFor();
  });

  it('shows markup of a comment as text at most, and never runs it', async () => {
    await addTask(
      '<p>Cake <img src="x" onerror="document.title = \'run\'"><script>document.title = "run"</script></p>',
    );
    await open();
    await planfix().getByRole('region', { name: 'Description' }).getByText('Cake').waitFor();
    expect(await page.title()).toBe('Parley sandbox');
    expect(await planfix().locator('img').count()).toBe(0);
  });

  it('loads nothing from anywhere else', async () => {
    await addTask();
    await open();
    await notified().getByText('Maria Petrova').waitFor();
    const elsewhere = addresses.filter((address) => !address.startsWith(sandbox.url) && !address.startsWith('data:'));
    expect(addresses.length).toBeGreaterThan(3);
    expect(elsewhere).toEqual([]);
  });
});
