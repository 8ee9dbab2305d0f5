type Words = { message: string; remedy?: string };

const MANAGER = 'WhatsApp Manager';
const ADDRESS = 'Проверьте PARLEY_PUBLIC_URL, DNS, сертификат и прокси: адрес должен отвечать из интернета';
const CLOCK = 'Настройте синхронизацию времени (NTP)';
const TWO_STEP = `${MANAGER} → Phone numbers → номер → Two-step verification`;

/** What the API finds out it says in English; here is the same in Russian, by its stable codes. */
export const findings: Readonly<Record<string, Words>> = {
  // Самопроверка.
  connected: { message: 'Номер подключён' },
  'quality-good': { message: 'Качество номера хорошее' },
  'name-accepted': { message: 'Отображаемое имя принято' },
  'sending-available': { message: 'WhatsApp разрешает отправку' },
  'limit-kept': { message: 'Лимит первых сообщений не снижен' },
  subscribed: { message: 'Подписка действует, вебхуки приходят в Parley' },
  'account-events-arrive': { message: 'Вебхук приложения Meta указывает на Parley' },
  'webhook-reached': { message: 'WhatsApp достаёт до адреса вебхука' },
  'statuses-arrive': { message: 'WhatsApp сообщает, что стало с сообщениями' },
  'token-good': { message: 'WhatsApp принимает токен доступа' },
  'hint-seen': { message: 'Сценарий в Planfix обращается к Parley' },
  'planfix-answers': { message: 'Planfix отвечает' },
  'clocks-agree': { message: 'Часы совпадают' },
  'number-not-connected': {
    message: 'WhatsApp сообщает, что номер не подключён',
    remedy: `Откройте номер в ${MANAGER} → Phone numbers, подтвердите и зарегистрируйте его заново`,
  },
  'number-not-on-platform': {
    message: 'Номера больше нет в Cloud API',
    remedy: 'Подключите номер заново или отключите его здесь',
  },
  'quality-low': {
    message: 'Качество номера низкое: клиенты блокируют его или жалуются',
    remedy: `Меньше пишите без запроса; см. ${MANAGER} → Phone numbers → Insights`,
  },
  'display-name-declined': {
    message: 'WhatsApp не принимает отображаемое имя',
    remedy: `Выберите другое в ${MANAGER} → Phone numbers → Profile; до тех пор отправка может не проходить`,
  },
  'sending-limited': { message: 'WhatsApp ограничил отправку', remedy: `Причина — в ${MANAGER} → Account overview` },
  'payment-missing': {
    message: 'У аккаунта WhatsApp нет способа оплаты, поэтому шаблоны не доставляются',
    remedy: `Добавьте его в ${MANAGER} → Payment settings`,
  },
  'limit-lowered': {
    message: 'WhatsApp снизил число людей, которым можно написать первыми',
    remedy: `Большие рассылки оборвутся; см. ${MANAGER} → Account overview`,
  },
  'subscribed-again': {
    message: 'Подписка на аккаунт WhatsApp пропала; Parley подписался снова',
    remedy: 'Сообщения за это время могли потеряться; выясните, кто убрал подписку',
  },
  'not-subscribed': {
    message: 'Приложение не подписано на аккаунт WhatsApp, сообщения не приходят',
    remedy: 'Parley продолжит попытки; если не выходит, дайте токен с правом whatsapp_business_management',
  },
  'webhook-misdirected': {
    message: 'WhatsApp отправляет события этого номера на другой адрес',
    remedy: 'Уберите у Meta другой адрес (callback override)',
  },
  'account-events-missing': {
    message: 'Вебхук приложения Meta указывает не на Parley: новости аккаунта не приходят',
    remedy: 'Впишите показанный здесь адрес в App Dashboard → WhatsApp → Configuration',
  },
  'webhook-refused': { message: 'WhatsApp не смог обратиться к адресу вебхука', remedy: ADDRESS },
  'webhook-silent': { message: 'WhatsApp просили обратиться к адресу вебхука, обращения не было', remedy: ADDRESS },
  'statuses-missing': {
    message: 'WhatsApp принял сообщения и ничего о них не сообщает',
    remedy: 'Проверьте, что приложение Meta подписано на поле messages',
  },
  'token-refused': {
    message: 'WhatsApp не принимает токен доступа',
    remedy: 'Введите новый токен; сообщения ждут и уйдут сами',
  },
  'token-expired': { message: 'Срок токена истёк', remedy: 'Введите новый токен, лучше бессрочный' },
  'token-expires': { message: 'Срок токена заканчивается', remedy: 'Введите новый токен заранее, лучше бессрочный' },
  'hint-never-seen': {
    message: 'Ни один сценарий этого аккаунта Planfix ещё не обращался к Parley: ответы уходят с задержкой до минуты',
    remedy: 'Создайте сценарий, который обращается к адресу аккаунта с его секретом',
  },
  'planfix-paused': { message: 'Planfix сейчас ничего не принимает', remedy: 'Если отклонён токен, введите новый' },
  'server-clock': { message: 'Часы сервера Parley спешат или отстают', remedy: CLOCK },
  'database-clock': { message: 'Часы сервера базы данных расходятся с часами Parley', remedy: CLOCK },
  'planfix-clock': { message: 'Часы Planfix расходятся с часами Parley', remedy: 'Сверьте оба с точными' },
  'network-clock': { message: 'Часы WhatsApp расходятся с часами Parley', remedy: 'Сверьте оба с точными' },

  // Проверка введённого.
  'token-accepted': { message: 'WhatsApp принимает токен' },
  'token-rejected': {
    message: 'WhatsApp не принимает токен доступа',
    remedy: 'Создайте новый токен системного пользователя с обоими правами whatsapp_business',
  },
  'token-expires-soon': {
    message: 'Срок токена истекает меньше чем через 14 дней',
    remedy: 'Создайте бессрочный токен и введите его здесь',
  },
  'token-never-expires': { message: 'Токен бессрочный' },
  'token-of-another-app': {
    message: 'Токен принадлежит другому приложению Meta',
    remedy: 'Создайте токен для выбранного приложения или выберите приложение этого токена',
  },
  'token-of-this-app': { message: 'Токен принадлежит этому приложению Meta' },
  'app-secret-wrong': {
    message: 'Meta не принимает секрет приложения',
    remedy: 'Скопируйте его заново: developers.facebook.com → приложение → App settings → Basic',
  },
  'scopes-missing': {
    message: 'Токену не хватает whatsapp_business_messaging или whatsapp_business_management',
    remedy: 'Создайте его заново, отметив оба права',
  },
  'scopes-granted': { message: 'У токена есть оба права' },
  'permission-missing': { message: 'Токену не хватает права', remedy: 'Дайте ему whatsapp_business_management' },
  readable: { message: 'Аккаунт WhatsApp виден' },
  'account-not-readable': {
    message: 'Токен не видит этот аккаунт WhatsApp',
    remedy: 'В настройках Meta Business назначьте аккаунт системному пользователю с полным доступом',
  },
  'number-not-in-account': {
    message: 'В этом аккаунте WhatsApp такого номера нет; возможно, он в другом портфолио',
    remedy: 'Выберите номер этого аккаунта или аккаунт этого номера',
  },
  'number-not-on-cloud-api': {
    message: 'Номер используется не в Cloud API',
    remedy: 'Прекратите использовать его там; личный номер WhatsApp подключить нельзя',
  },
  'number-not-usable': {
    message: 'Meta заблокировала, перенесла или удалила этот номер',
    remedy: `Причина — в ${MANAGER}; или возьмите другой номер`,
  },
  'number-not-verified': {
    message: 'Номер не подтверждён: он новый или ещё используется в приложении WhatsApp',
    remedy: `Подтвердите его по SMS или звонком в ${MANAGER}; номер из WhatsApp Business можно подключить, не удаляя`,
  },
  'business-app-not-linked': {
    message: 'Номер в приложении WhatsApp Business и ещё не связан с платформой',
    remedy: 'Подключите его как номер из WhatsApp Business',
  },
  'business-app-linked': { message: 'Номер общий с приложением WhatsApp Business' },
  'will-be-registered': { message: 'Номер подтверждён; Parley зарегистрирует его при подключении' },
  'pin-needed': {
    message: 'У номера включена двухшаговая проверка, нужен её PIN',
    remedy: `Введите шесть цифр; задать заново можно в ${TWO_STEP}`,
  },
  'key-accepted': { message: 'Ключ API принят' },
  'key-rejected': {
    message: 'Ключ API не принят',
    remedy: 'Создайте для этого номера новый ключ в 360dialog Hub и скопируйте его целиком',
  },
  'number-of-key': { message: 'Ключ относится к этому номеру' },
};
