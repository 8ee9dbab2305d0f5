import type { Beside, Content } from '../control/chat-calls.ts';
import type { Texts } from '../texts/en.ts';

export type DialogKind = 'location' | 'contact' | 'button' | 'list' | 'flow' | 'order' | 'ad';

export type DialogField = {
  name: string;
  label: string;
  /** What stands there at first; of a box to tick, "yes" or nothing. */
  value: string;
  form?: 'lines' | 'tick';
};

export type Values = Record<string, string>;

type Dialog = {
  fields: (t: Texts) => DialogField[];
  content: (values: Values) => { content: Content; beside?: Beside };
};

/** Everything a customer can send that needs more than a line of text. */
export const dialogs: Record<DialogKind, Dialog> = {
  location: {
    fields: (t) => [
      { name: 'latitude', label: t.latitude, value: '59.9343' },
      { name: 'longitude', label: t.longitude, value: '30.3351' },
      { name: 'name', label: t.placeName, value: t.placeExample },
      { name: 'address', label: t.address, value: t.addressExample },
    ],
    content: ({ latitude, longitude, ...words }) => ({
      content: { location: { latitude: Number(latitude), longitude: Number(longitude), ...filled(words) } },
    }),
  },
  contact: {
    fields: (t) => [
      { name: 'name', label: t.name, value: t.cardNameExample },
      { name: 'phone', label: t.phone, value: '+7 921 555-01-24' },
      { name: 'email', label: t.email, value: '' },
      { name: 'company', label: t.company, value: '' },
    ],
    content: ({ name = '', phone, email, company }) => ({
      content: {
        contacts: [
          {
            name: { formatted_name: name, first_name: name.split(' ')[0] },
            ...(phone ? { phones: [{ phone, wa_id: phone.replace(/\D/g, ''), type: 'CELL' }] } : {}),
            ...(email ? { emails: [{ email, type: 'WORK' }] } : {}),
            ...(company ? { org: { company } } : {}),
          },
        ],
      },
    }),
  },
  button: {
    fields: (t) => [
      { name: 'title', label: t.buttonTitle, value: t.buttonExample },
      { name: 'id', label: t.identifier, value: 'yes' },
      { name: 'template', label: t.ofTemplate, value: '', form: 'tick' },
    ],
    content: ({ title, id, template }) => ({
      content: { button: template === 'yes' ? { payload: id, text: title } : { id, title } },
    }),
  },
  list: {
    fields: (t) => [
      { name: 'title', label: t.rowTitle, value: t.rowExample },
      { name: 'description', label: t.rowDescription, value: '' },
      { name: 'id', label: t.identifier, value: 'row-1' },
    ],
    content: (values) => ({ content: { list: filled(values) } }),
  },
  flow: {
    fields: (t) => [
      { name: 'json', label: t.flowAnswers, value: t.flowExample, form: 'lines' },
      { name: 'broken', label: t.flowBroken, value: '', form: 'tick' },
    ],
    content: ({ json = '', broken }) => ({
      content: { flow: { responseJson: broken === 'yes' ? json.slice(0, Math.floor(json.length / 2)) : json } },
    }),
  },
  order: {
    fields: (t) => [
      { name: 'product', label: t.product, value: 'SKU-1042' },
      { name: 'quantity', label: t.quantity, value: '2' },
      { name: 'price', label: t.price, value: '24.90' },
      { name: 'currency', label: t.currency, value: 'EUR' },
      { name: 'text', label: t.orderWords, value: '' },
    ],
    content: ({ product, quantity, price, currency, text }) => {
      const item = { product_retailer_id: product, quantity: Number(quantity), item_price: Number(price), currency };
      return { content: { order: { catalog_id: '1029384756', product_items: [item], ...(text ? { text } : {}) } } };
    },
  },
  ad: {
    fields: (t) => [
      { name: 'text', label: t.customerMessage, value: t.adTextExample },
      { name: 'headline', label: t.adHeadline, value: t.adHeadlineExample },
      { name: 'body', label: t.adBody, value: t.adBodyExample },
      { name: 'source_id', label: t.adId, value: '120209876543210001' },
      { name: 'source_url', label: t.adAddress, value: 'https://fb.me/sandboxad' },
    ],
    content: ({ text = '', ...ad }) => ({
      content: { text },
      beside: { referral: { ...filled(ad), source_type: 'ad', ctwa_clid: 'ARAkLkA8rmlFeiCktEJQ' } },
    }),
  },
};

const filled = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));
