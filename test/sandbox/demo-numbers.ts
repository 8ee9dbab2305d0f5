import type { FastifyInstance } from 'fastify';
import { demoNumber } from './graph/index.ts';

/** What Facebook Login for Business would have made for the demo's app. */
export const demoSignUp = { configurationId: '2025100100000077', appId: demoNumber.appId, offersBusinessApp: false };

const second = {
  wabaId: '102290129340002',
  wabaName: 'Northwind Workshop',
  businessId: '9100000000000001',
  businessName: 'Northwind Holding',
  appId: demoNumber.appId,
  accessToken: 'demo-workshop-token-of-the-sandbox',
};

/** One for each road, and one for which there is none. Their ids are the same at every start. */
export const demoNumbersToConnect = [
  {
    ...second,
    kind: 'unregistered',
    phoneNumberId: '106540352240002',
    displayPhoneNumber: '+44 7700 900200',
    verifiedName: 'Northwind Workshop',
  },
  {
    kind: 'business-app',
    appId: demoNumber.appId,
    wabaId: '102290129340003',
    wabaName: 'Harbour Florist',
    businessId: '9100000000000003',
    businessName: 'Harbour Florist',
    phoneNumberId: '106540352240003',
    displayPhoneNumber: '+44 7700 900300',
    verifiedName: 'Harbour Florist',
  },
  {
    ...second,
    kind: 'personal',
    phoneNumberId: '106540352240004',
    displayPhoneNumber: '+44 7700 900400',
    verifiedName: "Owner's own phone",
  },
];

/** Connected by its phone and key alone; what Meta calls it, only 360dialog knows. */
export const demoHostedNumber = {
  phone: '+44 7700 900500',
  apiKey: 'demo-360dialog-key-of-the-sandbox',
  verifiedName: 'Riverside Bakery',
  wabaName: 'Riverside Bakery',
  businessName: 'Riverside Bakery',
  phoneNumberId: '106540352240005',
  wabaId: '102290129340005',
};

/** What the florist's phone has had for a while. */
const florist = {
  phoneNumberId: '106540352240003',
  history: {
    threads: [
      {
        phone: '447700900101',
        name: 'Emily Clarke',
        messages: [
          { from: 'customer', text: 'Do you deliver on Sundays?', daysAgo: 40 },
          { from: 'business', text: 'Yes, until noon.', daysAgo: 39.9 },
          { from: 'customer', text: 'Tulips for Friday then, please.', daysAgo: 2 },
          { from: 'customer', media: { kind: 'image', size: 60_000, caption: 'Like these' }, daysAgo: 1.9 },
          { from: 'business', text: 'Noted: twenty tulips, Friday at ten.', daysAgo: 1.8 },
        ],
      },
      {
        phone: '447700900303',
        name: 'Tom Archer',
        messages: [
          { from: 'business', text: 'Your wedding flowers are ready.', daysAgo: 120 },
          { from: 'customer', text: 'Thank you, they were lovely!', daysAgo: 119 },
        ],
      },
    ],
    chunkMessages: 3,
  },
};

/** Things for a new administrator to connect by hand, unless they are there already. `host`: where this sandbox is. */
export async function seedNumbersToConnect(server: FastifyInstance, host: string): Promise<void> {
  const call = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => {
    const headers = { host };
    const answer = await server.inject({ method, url: `/control${url}`, headers, ...(payload ? { payload } : {}) });
    const isKnown = answer.statusCode < 300 || answer.statusCode === 404 || answer.statusCode === 409;
    if (!isKnown) throw new Error(`${url}: ${answer.body}`);
    return answer.statusCode;
  };
  await call('POST', '/graph/sign-up-configurations', { ...demoSignUp });
  // Hosted already: then it only tells Meta anew where 360dialog is.
  await call('POST', '/dialog360/numbers', demoHostedNumber);
  const isThere = (await call('GET', `/graph/numbers/${florist.phoneNumberId}`)) === 200;
  if (isThere) return;
  await call('POST', '/graph/numbers', { numbers: demoNumbersToConnect });
  await call('PUT', `/graph/numbers/${florist.phoneNumberId}/history`, florist.history);
}
