import { randomBytes } from 'node:crypto';
import { type BenchServers, callRest } from '../servers.ts';

/** One customer of one company that has a Planfix account and a number of its own. */
export type Company = { account: string; phoneNumberId: string; customer: string };

/** The companies, and what their app signs webhooks with. */
export type Connected = { companies: Company[]; webhookUrl: string; appSecret: string };

/** Each connecting company waits for its live checks, which Planfix lets pass one a second. */
const AT_ONCE = 32;

const app = { appId: '300000000000001', appSecret: randomBytes(16).toString('hex'), verifyToken: 'bench' };

/** Connects so many companies through the public API, live checks included, and introduces their customers. */
export async function connectCompanies(
  servers: BenchServers,
  count: number,
  options: { ownHints: boolean },
): Promise<Connected> {
  const { sandbox, world } = servers;
  const companies = Array.from({ length: count }, (_, index) => ({
    account: `bench-${index}`,
    phoneNumberId: `1${String(index).padStart(14, '0')}`,
    customer: `49151${String(index).padStart(8, '0')}`,
  }));
  const settings = { scenarioAuthors: options.ownHints ? 'any' : 'employees' };
  await sandbox.control('POST', 'planfix/accounts', {
    accounts: companies.map(({ account }) => ({ account, token: `token-of-${account}`, settings })),
  });
  await sandbox.control('POST', 'graph/apps', app);
  await sandbox.control('POST', 'graph/customers', {
    customers: companies.map(({ customer }, index) => ({ phone: customer, name: `Customer ${index}` })),
  });
  const metaApp = await callRest<{ id: string; webhookUrl: string }>(world, 'POST', '/v1/meta-apps', app);
  const waiting = [...companies];
  const connectNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await connectCompany(servers, next, metaApp.id);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, connectNext));
  await sandbox.control('POST', 'graph/apps', { ...app, callbackUrl: metaApp.webhookUrl });
  return { companies, webhookUrl: metaApp.webhookUrl, appSecret: app.appSecret };
}

async function connectCompany({ sandbox, world }: BenchServers, company: Company, metaAppId: string): Promise<void> {
  const { account, phoneNumberId } = company;
  const number = { phoneNumberId, wabaId: `2${phoneNumberId.slice(1)}`, accessToken: `token-${phoneNumberId}` };
  await sandbox.control('POST', 'graph/numbers', {
    ...number,
    displayPhoneNumber: `+49 30 ${phoneNumberId.slice(-8)}`,
    appId: app.appId,
  });
  const created = await callRest<{ id: string; state: string; hintUrl: string; hintSecret: string }>(
    world,
    'POST',
    '/v1/planfix-accounts',
    {
      name: account,
      url: `${sandbox.url}/planfix/${account}/rest/`,
      token: `token-of-${account}`,
      primaryAdmin: 'user:1',
    },
  );
  await sandbox.control('PUT', `planfix/${account}/hint`, { url: created.hintUrl, secret: created.hintSecret });
  const connection = await callRest<{ state: string }>(world, 'POST', '/v1/connections', {
    provider: 'whatsapp-cloud',
    planfixAccountId: created.id,
    metaAppId,
    ...number,
    configuredBy: 'user:2',
    settings: { taskTemplate: 10, additionalAssignees: [], newTaskWhenNoneActive: true, language: 'en' },
  });
  if (created.state !== 'connected' || connection.state !== 'connected') {
    throw new Error(`${account} was not connected in time: ${created.state}, ${connection.state}`);
  }
}
