import type { KindCase } from './kind-case.ts';

const UNREADABLE = {
  content: { missing: 'unreadable' },
  reason: 'the content is missing or of an unknown shape',
} as const;
const UNREADABLE_EN =
  '- The content of this message did not reach us. Ask the customer to send it again or in another way.';
const UNREADABLE_RU =
  '- Содержимое этого сообщения не получено. Попросите клиента отправить его ещё раз или другим способом.';

/** Locations, contact cards and orders. */
export const PLACE_CASES: KindCase[] = [
  {
    fixture: 'location',
    read: {
      messageKind: 'location',
      content: {
        details: { type: 'location', latitude: 52.52, longitude: 13.405, name: 'Office', address: 'Main Street 1' },
      },
    },
    en: ['- Location:', 'Office, Main Street 1 -> https://maps.google.com/?q=52.52,13.405'],
    ru: ['- Геопозиция:', 'Office, Main Street 1 -> https://maps.google.com/?q=52.52,13.405'],
  },
  {
    fixture: 'location-current',
    read: {
      messageKind: 'location',
      content: { details: { type: 'location', latitude: 52.52, longitude: 13.405 } },
    },
    en: ['- Location:', '52.52, 13.405 -> https://maps.google.com/?q=52.52,13.405'],
    ru: ['- Геопозиция:', '52.52, 13.405 -> https://maps.google.com/?q=52.52,13.405'],
  },
  {
    fixture: 'location-as-text',
    read: {
      messageKind: 'location',
      content: {
        details: {
          type: 'location',
          latitude: 52.52,
          longitude: -13.405,
          name: 'Office\u202e\n<b>',
          url: 'https://office.example/',
        },
      },
    },
    en: [
      '- Location:',
      'Office <b> -> https://maps.google.com/?q=52.52,-13.405',
      'Website of the place -> https://office.example/',
    ],
    ru: [
      '- Геопозиция:',
      'Office <b> -> https://maps.google.com/?q=52.52,-13.405',
      'Сайт места -> https://office.example/',
    ],
  },
  {
    fixture: 'location-nowhere',
    read: { messageKind: 'location', ...UNREADABLE },
    en: [UNREADABLE_EN],
    ru: [UNREADABLE_RU],
  },
  {
    fixture: 'contacts',
    read: {
      messageKind: 'contacts',
      content: {
        details: {
          type: 'contacts',
          contacts: [
            {
              name: 'Ben Ohm',
              phones: [{ number: '+49 151 0000003', whatsapp: '491510000003' }],
              emails: ['ben@example.com'],
              addresses: [],
              urls: [],
            },
            {
              phones: [{ number: '+49 151 0000004' }],
              emails: [],
              addresses: [],
              urls: [],
              vcard: 'BEGIN:VCARD',
            },
          ],
        },
      },
    },
    en: [
      '- Contacts:',
      'Name = Ben Ohm',
      'Phone = +49 151 0000003',
      'E-mail = ben@example.com',
      'Phone = +49 151 0000004',
    ],
    ru: [
      '- Контакты:',
      'Имя = Ben Ohm',
      'Телефон = +49 151 0000003',
      'Эл. почта = ben@example.com',
      'Телефон = +49 151 0000004',
    ],
  },
  {
    fixture: 'contacts-own-phone',
    read: {
      messageKind: 'contacts',
      content: {
        details: {
          type: 'contacts',
          asked: true,
          contacts: [
            {
              phones: [{ number: '+4915100000002', whatsapp: '4915100000002' }],
              emails: [],
              addresses: [],
              urls: [],
              vcard: 'BEGIN:VCARD\r\nEND:VCARD\r\n',
            },
          ],
        },
      },
    },
    en: ['- The customer shared their own phone number:', 'Phone = +4915100000002'],
    ru: ['- Клиент поделился своим номером телефона:', 'Телефон = +4915100000002'],
  },
  {
    fixture: 'contacts-full',
    read: {
      messageKind: 'contacts',
      content: {
        details: {
          type: 'contacts',
          contacts: [
            {
              name: 'Dr Ben X Ohm jr',
              phones: [{ number: '+49 151 0000003', type: 'WORK' }],
              emails: ['ben@example.com'],
              organization: 'Ohm, Sales',
              title: 'Head',
              addresses: ['Main Street 1, Berlin, 10115, Germany'],
              urls: ['https://ohm.example'],
              birthday: '1990-01-31',
            },
            { phones: [], emails: [], addresses: [], urls: [] },
          ],
        },
      },
    },
    en: [
      '- Contacts:',
      'Name = Dr Ben X Ohm jr',
      'Phone = +49 151 0000003',
      'E-mail = ben@example.com',
      'Company = Ohm, Sales, Head',
      'Address = Main Street 1, Berlin, 10115, Germany',
      'Website = https://ohm.example',
      'Birthday = 1990-01-31',
      '- The card is empty.',
    ],
    ru: [
      '- Контакты:',
      'Имя = Dr Ben X Ohm jr',
      'Телефон = +49 151 0000003',
      'Эл. почта = ben@example.com',
      'Компания = Ohm, Sales, Head',
      'Адрес = Main Street 1, Berlin, 10115, Germany',
      'Сайт = https://ohm.example',
      'День рождения = 1990-01-31',
      '- Карточка пуста.',
    ],
  },
  {
    fixture: 'contacts-none',
    read: { messageKind: 'contacts', ...UNREADABLE },
    en: [UNREADABLE_EN],
    ru: [UNREADABLE_RU],
  },
  {
    fixture: 'order',
    read: {
      messageKind: 'order',
      text: 'By Friday',
      content: {
        details: {
          type: 'order',
          catalogId: '77',
          items: [
            { product: 'SKU-1', quantity: '2', price: '9.50', currency: 'EUR' },
            { product: 'SKU-2', quantity: '1', price: '3', currency: 'EUR' },
          ],
        },
      },
    },
    en: ['- Order:', 'SKU-1 = 2 × 9.50 EUR', 'SKU-2 = 1 × 3.00 EUR', 'Total = 22.00 EUR', 'word: By Friday'],
    ru: ['- Заказ:', 'SKU-1 = 2 × 9,50 EUR', 'SKU-2 = 1 × 3,00 EUR', 'Итого = 22,00 EUR', 'word: By Friday'],
  },
  {
    fixture: 'order-mixed-currencies',
    read: {
      messageKind: 'order',
      content: {
        details: {
          type: 'order',
          catalogId: '77',
          items: [
            { product: 'SKU-1', quantity: '2', price: '9.50', currency: 'EUR' },
            { product: 'SKU-2', quantity: '1', price: '3', currency: 'USD' },
          ],
        },
      },
    },
    en: ['- Order:', 'SKU-1 = 2 × 9.50 EUR', 'SKU-2 = 1 × 3.00 USD'],
    ru: ['- Заказ:', 'SKU-1 = 2 × 9,50 EUR', 'SKU-2 = 1 × 3,00 USD'],
  },
];
