import { ANNA, BSUID, type KindCase } from './kind-case.ts';

const hello = { en: ['word: Hello'], ru: ['word: Hello'] };

/** Texts: who wrote them, when, and what came with them. */
export const WORDS_CASES: KindCase[] = [
  {
    fixture: 'text',
    read: { messageKind: 'text', text: 'Здравствуйте 👋 is the blue one in stock?' },
    en: ['word: Здравствуйте 👋 is the blue one in stock?'],
    ru: ['word: Здравствуйте 👋 is the blue one in stock?'],
  },
  {
    fixture: 'text-without-contacts',
    read: { messageKind: 'text', text: 'Hello', customer: { phone: '4915100000002', bsuid: BSUID } },
    ...hello,
  },
  {
    fixture: 'text-username-only',
    read: {
      messageKind: 'text',
      text: 'Hello',
      customer: { bsuid: BSUID, parentBsuid: 'DE.ENT.11815799212886844830', name: 'Anna', username: 'anna.k' },
    },
    ...hello,
  },
  {
    fixture: 'text-bsuid-in-from',
    read: { messageKind: 'text', text: 'Hello', customer: { bsuid: BSUID, name: 'Anna' } },
    ...hello,
  },
  { fixture: 'text-sender-in-contact-only', read: { messageKind: 'text', text: 'Hello' }, ...hello },
  {
    fixture: 'text-brazil-other-spelling',
    read: { messageKind: 'text', text: 'Oi', customer: { phone: '5511987654321', name: 'Bia' } },
    en: ['word: Oi'],
    ru: ['word: Oi'],
  },
  {
    fixture: 'text-hostile-name',
    read: {
      messageKind: 'text',
      text: 'Hi <script>alert(1)</script>',
      customer: { ...ANNA, name: 'Anna <b>Kovacs</b>' },
    },
    en: ['word: Hi <script>alert(1)</script>'],
    ru: ['word: Hi <script>alert(1)</script>'],
  },
  {
    fixture: 'text-quoting',
    read: { messageKind: 'text', text: 'That one', quotedChannelMessageId: 'wamid.QUOTED' },
    en: ['> Earlier words', 'word: That one'],
    ru: ['> Earlier words', 'word: That one'],
  },
  {
    fixture: 'text-forwarded',
    read: { messageKind: 'text', text: 'Read this', content: { forwarded: 'once' } },
    en: ['- Forwarded.', 'word: Read this'],
    ru: ['- Переслано.', 'word: Read this'],
  },
  {
    fixture: 'text-forwarded-often',
    read: { messageKind: 'text', text: 'Read this', content: { forwarded: 'often' } },
    en: ['- Forwarded many times.', 'word: Read this'],
    ru: ['- Переслано много раз.', 'word: Read this'],
  },
  {
    fixture: 'text-about-product',
    read: {
      messageKind: 'text',
      text: 'Is it in stock?',
      content: { product: { id: 'SKU-1', catalogId: '77' } },
      quotedChannelMessageId: 'wamid.QUOTED',
    },
    en: ['> Earlier words', '- About the product in the catalogue:', 'word: SKU-1', 'word: Is it in stock?'],
    ru: ['> Earlier words', '- О товаре из каталога:', 'word: SKU-1', 'word: Is it in stock?'],
  },
  {
    fixture: 'text-from-ad',
    read: {
      messageKind: 'text',
      text: 'Is this still on?',
      content: { referral: { source: 'ad', adId: '120', url: 'https://fb.example/ad', headline: 'Sale' } },
    },
    en: [
      '- The customer came from an advertisement.',
      'Headline = Sale',
      'Advertisement ID = 120',
      'Open the source -> https://fb.example/ad',
      'word: Is this still on?',
    ],
    ru: [
      '- Клиент пришёл из рекламы.',
      'Заголовок = Sale',
      'ID объявления = 120',
      'Открыть источник -> https://fb.example/ad',
      'word: Is this still on?',
    ],
  },
  {
    fixture: 'text-from-post',
    read: {
      messageKind: 'text',
      text: 'Hello',
      content: { referral: { source: 'post', adId: '121', url: 'javascript:alert(1)' } },
    },
    en: ['- The customer came from a post.', 'Advertisement ID = 121', 'word: Hello'],
    ru: ['- Клиент пришёл из публикации.', 'ID объявления = 121', 'word: Hello'],
  },
  {
    fixture: 'text-from-new-source',
    read: {
      messageKind: 'text',
      text: 'Hello',
      content: { referral: { source: 'other', url: 'https://wa.example/qr' } },
    },
    en: ['- The customer came from a link.', 'Open the source -> https://wa.example/qr', 'word: Hello'],
    ru: ['- Клиент пришёл по ссылке.', 'Открыть источник -> https://wa.example/qr', 'word: Hello'],
  },
  ...['text-without-time', 'text-time-negative', 'text-time-in-9999', 'text-time-without-sense'].map(
    (fixture): KindCase => ({
      fixture,
      read: { messageKind: 'text', text: 'When?', sentAtMs: undefined },
      en: ['word: When?'],
      ru: ['word: When?'],
    }),
  ),
  {
    fixture: 'text-without-body',
    read: {
      messageKind: 'text',
      content: { missing: 'unreadable' },
      reason: 'the content is missing or of an unknown shape',
    },
    en: ['- The content of this message did not reach us. Ask the customer to send it again or in another way.'],
    ru: ['- Содержимое этого сообщения не получено. Попросите клиента отправить его ещё раз или другим способом.'],
  },
];
