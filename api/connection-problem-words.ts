import type { ProblemKind } from '../db/problems.ts';
import type { Words } from './problem-words.ts';

/** Kinds of problems that are about a connection's number, its access, or the ways by which events come. */
export const CONNECTION_PROBLEM_WORDS = {
  'business-app-sync': {
    en: {
      title: 'The WhatsApp Business app did not hand over its chats or contacts',
      remedy:
        'Messages work all the same. To try again, disconnect in the app (Settings, Account, Business Platform) and ' +
        'connect the number again; or discard this.',
    },
    ru: {
      title: 'Приложение WhatsApp Business не передало переписку или контакты',
      remedy:
        'Сообщения работают и без этого. Чтобы повторить, отключите номер в приложении (Настройки, Аккаунт, ' +
        'Business Platform) и подключите его снова; либо отбросьте запись.',
    },
  },
  'owner-disconnected': {
    en: {
      title: 'The owner disconnected the number in the WhatsApp Business app or at Meta',
      remedy: 'Disconnect it here as well, which confirms it, or connect the number again.',
    },
    ru: {
      title: 'Владелец отключил номер в приложении WhatsApp Business или у Meta',
      remedy: 'Отключите его и здесь, чтобы завершить отключение, или подключите номер снова.',
    },
  },
  'connection-restricted': {
    en: {
      title: 'WhatsApp restricts what the number may do',
      remedy: 'Read the reason in WhatsApp Manager, Account overview; appeal or wait, then discard this.',
    },
    ru: {
      title: 'WhatsApp ограничил возможности номера',
      remedy:
        'Прочитайте причину в WhatsApp Manager, раздел «Обзор аккаунта»; обжалуйте или подождите, затем отбросьте.',
    },
  },
  'disconnect-unconfirmed': {
    en: {
      title: 'The second step of a disconnection is still to be done',
      remedy: 'Open the connection and follow its checklist on the phone or at Meta, or say there that it is done.',
    },
    ru: {
      title: 'Второй шаг отключения ещё не выполнен',
      remedy: 'Откройте подключение и выполните шаги на телефоне или у Meta либо отметьте там, что всё сделано.',
    },
  },
  'number-unusable': {
    en: {
      title: 'WhatsApp does not let the number work',
      remedy: 'Open the number in WhatsApp Manager, Phone numbers; verify and register it again, or ask for a review.',
    },
    ru: {
      title: 'WhatsApp не даёт номеру работать',
      remedy: 'Откройте номер в WhatsApp Manager; подтвердите и зарегистрируйте его снова или запросите проверку.',
    },
  },
  'quality-low': {
    en: {
      title: 'The quality rating of the number is low: customers block or report it',
      remedy: 'Send less that nobody asked for; mailings wait until the rating is better.',
    },
    ru: {
      title: 'Рейтинг качества номера низкий: клиенты блокируют его или жалуются',
      remedy: 'Отправляйте меньше непрошеных сообщений; рассылки подождут, пока рейтинг не станет лучше.',
    },
  },
  'display-name-declined': {
    en: {
      title: 'WhatsApp does not accept the display name of the number',
      remedy: 'Choose another name in WhatsApp Manager, Phone numbers, Profile; until then sends may be refused.',
    },
    ru: {
      title: 'WhatsApp не принял отображаемое имя номера',
      remedy: 'Выберите другое имя в WhatsApp Manager, профиль номера; до этого отправка может быть отклонена.',
    },
  },
  'sending-limited': {
    en: {
      title: 'WhatsApp keeps the number from sending',
      remedy: 'See WhatsApp Manager, Account overview, for what is missing, often a payment method.',
    },
    ru: {
      title: 'WhatsApp не даёт номеру отправлять',
      remedy: 'Посмотрите в WhatsApp Manager, чего не хватает, чаще всего способа оплаты.',
    },
  },
  'limit-lowered': {
    en: {
      title: 'WhatsApp lets the account write first to fewer people than before',
      remedy: 'Make mailings smaller and improve the quality rating; then discard this.',
    },
    ru: {
      title: 'WhatsApp разрешает писать первым меньшему числу людей, чем раньше',
      remedy: 'Уменьшите рассылки и улучшите рейтинг качества, затем отбросьте запись.',
    },
  },
  'subscription-lost': {
    en: {
      title: 'The subscription to the WhatsApp account was lost, or cannot be looked at: messages may be missing',
      remedy: 'Parley subscribes it again by itself; if that fails, give it a token that may manage the account.',
    },
    ru: {
      title: 'Подписка на аккаунт WhatsApp пропала, или её нельзя проверить: сообщения могли потеряться',
      remedy: 'Parley подписывает его снова сам; если не выходит, введите токен с правом управлять аккаунтом.',
    },
  },
  'webhook-misdirected': {
    en: {
      title: 'WhatsApp sends what happens to this number to another address',
      remedy: 'Remove the other address (callback override) at Meta, or ask whoever set it.',
    },
    ru: {
      title: 'WhatsApp отправляет события этого номера по другому адресу',
      remedy: 'Уберите чужой адрес (callback override) у Meta или попросите того, кто его указал.',
    },
  },
  'account-events-missing': {
    en: {
      title: "The Meta app's own callback address is not Parley's: news of the account never arrives",
      remedy: 'Put the webhook address of the Meta app, as shown here, into App Dashboard, WhatsApp, Configuration.',
    },
    ru: {
      title: 'В приложении Meta указан чужой адрес вебхука: новости аккаунта не приходят',
      remedy: 'Укажите показанный здесь адрес вебхука в App Dashboard, WhatsApp, Configuration.',
    },
  },
  'fields-missing': {
    en: {
      title: 'The Meta app is not subscribed to all webhook fields that the number needs',
      remedy: 'Subscribe what is missing in App Dashboard, WhatsApp, Configuration, Webhook fields.',
    },
    ru: {
      title: 'Приложение Meta подписано не на все поля вебхука, которые нужны номеру',
      remedy: 'Подпишите недостающее в App Dashboard, WhatsApp, Configuration, Webhook fields.',
    },
  },
  'webhook-silent': {
    en: {
      title: "WhatsApp does not reach Parley's webhook address, so no message arrives",
      remedy: 'Check the public address, DNS, certificate and proxy: it must answer from the internet.',
    },
    ru: {
      title: 'WhatsApp не может обратиться к адресу Parley, сообщения не приходят',
      remedy: 'Проверьте публичный адрес, DNS, сертификат и прокси: он должен отвечать из интернета.',
    },
  },
  'statuses-missing': {
    en: {
      title: 'WhatsApp took messages and has told nothing of them since',
      remedy: 'Check that the Meta app is subscribed to the field "messages" and that its webhooks are not paused.',
    },
    ru: {
      title: 'WhatsApp принял сообщения и с тех пор ничего о них не сообщил',
      remedy: 'Проверьте, что приложение Meta подписано на поле messages и вебхуки не приостановлены.',
    },
  },
  'hint-never-seen': {
    en: {
      title: 'No scenario of this Planfix account has ever called Parley; answers leave up to a minute late',
      remedy: 'Create the scenario that calls the hint address of the account; or discard this.',
    },
    ru: {
      title: 'Сценарий Planfix ни разу не обратился к Parley; ответы уходят с задержкой до минуты',
      remedy: 'Создайте сценарий, который вызывает адрес подсказок аккаунта, или отбросьте запись.',
    },
  },
  'token-expires': {
    en: {
      title: 'The access token expires soon, or has expired',
      remedy: 'Enter a new token on the page of the connection, better one that never expires.',
    },
    ru: {
      title: 'Токен доступа скоро истечёт или уже истёк',
      remedy: 'Введите новый токен на странице подключения, лучше бессрочный.',
    },
  },
  'clock-wrong': {
    en: {
      title: 'Clocks disagree: windows and deadlines are wrong until they agree',
      remedy: 'Let the clocks of the servers keep time by NTP; the detail names the one that is off.',
    },
    ru: {
      title: 'Часы расходятся: окна и сроки считаются неверно',
      remedy: 'Настройте на серверах синхронизацию времени по NTP; какие часы врут, сказано в подробностях.',
    },
  },
} as const satisfies Partial<Record<ProblemKind, Words>>;
