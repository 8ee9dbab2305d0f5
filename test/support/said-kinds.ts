import type { Content } from './chat-world.ts';

/** One kind of message: what the customer sends, and key words of what Planfix says of it. */
export type SaidKind = {
  name: string;
  /** `earlier` is a message of the same chat that is stored and posted; before there is one, it is not known. */
  content: (earlier: string) => Content;
  en: string[];
  ru?: string[];
  /** Names of the files that come with it. */
  files?: string[];
  /** Shows an excerpt of `earlier`, with a link to where it stands. */
  isAboutEarlier?: true;
};

const media = (kind: string, more: Content = {}): Content => ({ media: { kind, size: 600, ...more } });
const flow = (responseJson: string): Content => ({ flow: { responseJson } });
const say = (content: Content) => () => content;

/** What opens the window, starts a task and notifies its assignees. */
export const SPEAKING_KINDS: SaidKind[] = [
  { name: 'text', content: say({ text: 'Is it ready?' }), en: ['Is it ready?'] },
  { name: 'image', content: say(media('image', { caption: 'A scratch' })), en: ['A scratch'], files: ['.jpg'] },
  { name: 'image alone', content: say(media('image')), en: ['<i>Photo</i>'], ru: ['<i>Фото</i>'], files: ['.jpg'] },
  { name: 'video', content: say(media('video')), en: ['<i>Video</i>'], files: ['.mp4'] },
  { name: 'audio', content: say(media('audio')), en: ['<i>Audio file</i>'], files: ['.'] },
  {
    name: 'voice message',
    content: say(media('audio', { voice: true, mimeType: 'audio/ogg; codecs=opus' })),
    en: ['<i>Voice message</i>'],
    ru: ['<i>Голосовое сообщение</i>'],
    files: ['.ogg'],
  },
  {
    name: 'document',
    content: say(media('document', { filename: 'Смета.pdf', mimeType: 'application/pdf' })),
    en: ['<i>Document</i>'],
    files: ['Смета.pdf'],
  },
  { name: 'sticker', content: say(media('sticker')), en: ['<i>Sticker</i>'], files: ['.webp'] },
  {
    name: 'location',
    content: say({ location: { latitude: 52.5, longitude: 13.4, name: 'Office', address: 'Spree 1' } }),
    en: ['<i>Location:</i>', 'href="https://maps.google.com/?q=52.5,13.4"', 'Office, Spree 1'],
    ru: ['<i>Геопозиция:</i>', 'maps.google.com'],
  },
  {
    name: 'contacts',
    content: say({ contacts: [{ name: { formatted_name: 'Ivan Petrov' }, phones: [{ phone: '+79000000102' }] }] }),
    en: ['<i>Contacts:</i>', '<td>Name</td><td>Ivan Petrov</td>', '+79000000102'],
    files: ['contacts.vcf'],
  },
  {
    name: 'own contact',
    content: say({ contacts: [{ name: { formatted_name: 'Me' } }], contactsOrigin: 'contact_request' }),
    en: ['<i>The customer shared their own phone number:</i>', 'Me'],
    files: ['contacts.vcf'],
  },
  {
    name: 'button',
    content: say({ button: { id: 'b', title: 'Yes, please' } }),
    en: ['<i>Chosen:</i>', 'Yes, please'],
  },
  { name: 'quick reply', content: say({ button: { payload: 'p', text: 'Stop' } }), en: ['<i>Chosen:</i>', 'Stop'] },
  {
    name: 'list',
    content: say({ list: { id: 'r', title: 'Red', description: 'or so' } }),
    en: ['<i>Chosen:</i>', 'Red', '<blockquote>or so</blockquote>'],
    ru: ['<i>Выбрано:</i>', 'Red'],
  },
  {
    name: 'Flow',
    content: say(flow('{"flow_token":"t","size":"XL","gift":true}')),
    en: ['<i>Answers in a form:</i>', '<td>size</td><td>XL</td>'],
  },
  {
    name: 'Flow with broken JSON',
    content: say(flow('{"size": "XL", <b>')),
    en: ['cannot be read', '{&quot;size&quot;: &quot;XL&quot;, &lt;b&gt;'],
    ru: ['не удалось разобрать'],
  },
  {
    name: 'order',
    content: say({
      order: {
        catalog_id: '1',
        text: 'Soon',
        product_items: [{ product_retailer_id: 'sku-1', quantity: 2, item_price: 9.5, currency: 'EUR' }],
      },
    }),
    en: ['<i>Order:</i>', '<td>sku-1</td><td>2 × 9.50 EUR</td>', '<td>Total</td><td>19', 'Soon'],
  },
  {
    name: 'ad referral',
    content: say({
      text: 'From the ad',
      referral: { source_type: 'ad', source_id: '777', headline: 'Bikes', source_url: 'https://fb.me/ad' },
    }),
    en: ['came from an advertisement', '<td>Bikes</td>', '<td>777</td>', 'href="https://fb.me/ad"', 'From the ad'],
  },
  { name: 'forwarded', content: say({ text: 'Look', forwarded: 'once' }), en: ['<i>Forwarded.</i>', 'Look'] },
  { name: 'forwarded often', content: say({ text: 'Look', forwarded: 'often' }), en: ['Forwarded many times', 'Look'] },
  {
    name: 'quote of a message that is not known',
    content: say({ text: 'That one', quoted: 'wamid.nobody-knows' }),
    en: ['In reply to a message that is not known here', 'That one'],
    ru: ['В ответ на сообщение, которого здесь нет'],
  },
  {
    name: 'view-once picture that is not passed on',
    content: say({ unsupported: { type: 'view_once_image' } }),
    en: ['lets it be viewed once only', 'cannot be shown here', 'send it again'],
  },
  {
    name: 'unsupported',
    content: say({ unsupported: { type: 'poll_creation' } }),
    en: ['cannot be shown here: a poll'],
    ru: ['нельзя показать здесь: опрос'],
  },
  {
    name: 'a kind that does not exist yet',
    content: say({ message: { type: 'hologram', hologram: { depth: 3 } } }),
    en: ['cannot be shown here: hologram'],
  },
  {
    name: 'a file too large to be passed on',
    content: say({ media: { kind: 'document', size: 101 * 1024 * 1024, filename: 'all.zip' } }),
    en: ['larger than WhatsApp passes on (100 MB)'],
  },
];

const QUOTED = '<blockquote>';

/** What starts no task. */
export const QUIET_KINDS: (SaidKind & { notifies?: true; opensWindow?: true })[] = [
  {
    name: 'reaction',
    content: (messageId) => ({ reaction: { messageId, emoji: '👍' } }),
    en: ['The customer reacted: 👍', QUOTED],
    ru: ['Реакция клиента: 👍'],
    isAboutEarlier: true,
  },
  {
    name: 'reaction taken back, without emoji',
    content: (messageId) => ({ reaction: { messageId, emoji: null } }),
    en: ['took the reaction back', QUOTED],
    isAboutEarlier: true,
  },
  {
    name: 'reaction taken back, empty',
    content: (messageId) => ({ reaction: { messageId, emoji: null, encoding: 'empty' } }),
    en: ['took the reaction back', QUOTED],
    isAboutEarlier: true,
  },
  {
    name: 'edit',
    content: (id) => ({
      message: {
        type: 'edit',
        edit: { original_message_id: id, message: { type: 'text', text: { body: 'Two, not three' } } },
      },
    }),
    en: ['The customer edited a message', QUOTED, 'It says now:', 'Two, not three'],
    ru: ['Клиент изменил сообщение', 'Новый текст:'],
    isAboutEarlier: true,
    notifies: true,
  },
  {
    name: 'revoke',
    content: (id) => ({ message: { type: 'revoke', revoke: { original_message_id: id } } }),
    en: ['The customer deleted a message', QUOTED],
    ru: ['Клиент удалил сообщение'],
    isAboutEarlier: true,
  },
  {
    name: 'a changed security code',
    content: say({ system: {} }),
    en: ['The security code of the customer has changed'],
  },
  { name: 'a notice of a new kind', content: say({ system: { type: 'x', body: 'Hm' } }), en: ['reports a change'] },
  {
    name: 'request_welcome',
    content: say({ requestWelcome: true }),
    en: ['The customer opened the chat'],
    ru: ['Клиент открыл чат'],
    opensWindow: true,
  },
];
