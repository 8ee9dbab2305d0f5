import { afterAll, beforeAll, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { addOperator, type ConsoleWorld, openConsole, signIn } from '../support/console.ts';
import { connectMailer } from '../support/mailing-world.ts';
import { type Company, eventually, type Parley, startParley } from '../support/parley.ts';
import { commentOn, problemOnce, startDialogueIn } from '../support/reply-world.ts';

let parley: Parley;
let world: ConsoleWorld;
let company: Company;
beforeAll(async () => {
  parley = await startParley();
  world = await openConsole(parley);
  company = await connectMailer(parley);
});
afterAll(async () => {
  await world?.close();
  await parley?.stop();
});
const shot = async (page: Page, name: string) => {
  await eventually('loaded', async () => ((await page.getByRole('status', { name: /Loading|Загрузка/ }).count()) === 0 ? true : undefined));
  await page.evaluate('new Promise((done) => setTimeout(done, 400))');
  await page.screenshot({ path: `/tmp/shots-ops/${name}.png` });
};
it('shots', async () => {
  const dialogue = await startDialogueIn(parley, company);
  await commentOn(dialogue, { html: 'For nobody', notify: [] });
  await problemOnce(dialogue, 'notified-nobody');
  const viewer = await addOperator(parley, world, 'viewer');
  const { items } = await parley.rest<{ items: { id: string }[] }>('GET', '/v1/conversations?limit=1');
  for (const [colorScheme, width, height] of [['light', 1280, 800], ['dark', 375, 812]] as const) {
    const page = await world.open({ locale: 'ru-RU', colorScheme, viewport: { width, height } });
    const go = (path: string) => page.goto(`${world.url}/${path}`);
    await go('problems');
    await page.getByRole('button', { name: 'Отправить клиенту' }).waitFor();
    await shot(page, `problems-${width}`);
    await page.getByRole('button', { name: 'Отправить клиенту' }).click();
    await shot(page, `problem-dialog-${width}`);
    await go('status');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot(page, `status-${width}`);
    await go('people');
    await page.getByRole('row').nth(2).waitFor();
    await shot(page, `people-${width}`);
    await page.getByRole('combobox').last().selectOption('agent');
    await shot(page, `people-role-${width}`);
    await go(`conversations/${items[0]?.id}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot(page, `conversation-${width}`);
    await go('audit');
    await page.getByRole('table').waitFor();
    await shot(page, `audit-${width}`);
    await go(`connections/${company.connectionId}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot(page, `connection-${width}`);
    await go('conversations');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.context().setOffline(true);
    await page.getByText('Связи с Parley нет').waitFor();
    await shot(page, `away-${width}`);
    await page.context().setOffline(false);
    await signIn(page.context(), world.url, viewer);
    await go('audit');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot(page, `maynot-${width}`);
    await page.context().close();
  }
});
