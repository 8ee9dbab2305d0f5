/** `{{detail}}` is where the detail of a finding goes, if the API's sentence has one. */
export type FindingWords = Readonly<Record<string, { message: string; remedy?: string }>>;

const MANAGER = 'WhatsApp Manager';
const ADDRESS = 'Проверьте PARLEY_PUBLIC_URL, DNS, сертификат и прокси: адрес должен отвечать из интернета';
const CLOCK = 'Настройте синхронизацию времени (NTP); до тех пор окна и сроки считаются неверно';
const NEW_TOKEN = 'Введите новый токен; сообщения ждут и уйдут сами';
const COMPARE = 'Сверьте оба с точными: прокси по дороге может отдавать старое время';

/** What the self-check finds the API says in English; here is the same in Russian, by its stable codes. */
export const health: FindingWords = {
  connected: { message: 'Номер подключён' },
  'quality-good': { message: 'Качество номера хорошее' },
  'name-accepted': { message: 'Отображаемое имя принято' },
  'sending-available': { message: 'WhatsApp разрешает отправку' },
  'limit-kept': { message: 'Лимит первых сообщений не снижен' },
  subscribed: { message: 'Подписка действует, вебхуки приходят в Parley' },
  'account-events-arrive': { message: 'Вебхук приложения Meta указывает на Parley' },
  'fields-subscribed': { message: 'Приложение Meta подписано на все нужные поля вебхука' },
  'webhook-reached': { message: 'WhatsApp достаёт до адреса вебхука' },
  'statuses-arrive': { message: 'WhatsApp сообщает, что стало с сообщениями' },
  'token-good': { message: 'WhatsApp принимает токен доступа' },
  'hint-seen': { message: 'Сценарий в Planfix обращается к Parley' },
  'planfix-answers': { message: 'Planfix отвечает' },
  'clocks-agree': { message: 'Часы совпадают' },
  'number-not-connected': {
    message: 'WhatsApp сообщает, что номер не подключён ({{detail}})',
    remedy: `Откройте номер в ${MANAGER} → Phone numbers, подтвердите и зарегистрируйте его заново или попросите Meta о проверке`,
  },
  'number-not-on-platform': {
    message: 'Номера больше нет в Cloud API ({{detail}})',
    remedy: 'Подключите номер заново или отключите его здесь',
  },
  'quality-low': {
    message: 'Качество номера низкое: клиенты блокируют его или жалуются',
    remedy: `Меньше пишите без запроса; см. ${MANAGER} → Phone numbers → Insights`,
  },
  'display-name-declined': {
    message: 'WhatsApp не принимает отображаемое имя ({{detail}})',
    remedy: `Выберите другое в ${MANAGER} → Phone numbers → Profile; до тех пор отправка может не проходить`,
  },
  'sending-limited': {
    message: 'WhatsApp сообщает о помехе, которая ограничивает отправку или скоро ограничит (код {{detail}})',
    remedy: `Чего не хватает, сказано в ${MANAGER} → Account overview`,
  },
  'payment-missing': {
    message: 'У аккаунта WhatsApp нет способа оплаты, поэтому шаблоны не доставляются',
    remedy: `Добавьте его в ${MANAGER} → Payment settings`,
  },
  'limit-lowered': {
    message: 'WhatsApp снизил число людей, которым можно написать первыми (теперь {{detail}})',
    remedy: `Большие рассылки оборвутся; см. ${MANAGER} → Account overview и улучшайте качество`,
  },
  'subscribed-again': {
    message: 'Подписка на аккаунт WhatsApp пропала; Parley подписался снова',
    remedy: 'Сообщения за это время могли потеряться; выясните, кто убрал подписку',
  },
  'not-subscribed': {
    message: 'Приложение не подписано на аккаунт WhatsApp, сообщения не приходят',
    remedy: 'Parley продолжит попытки; если не выходит, дайте токен с правом whatsapp_business_management',
  },
  'subscription-unreadable': {
    message: 'Токену нельзя следить за аккаунтом WhatsApp: пропажу подписки никто не заметит',
    remedy: 'Дайте токен с правом whatsapp_business_management',
  },
  'webhook-misdirected': {
    message: 'WhatsApp отправляет события этого номера на другой адрес',
    remedy: 'Уберите у Meta другой адрес (callback override) или попросите того, кто его указал',
  },
  'account-events-missing': {
    message: 'Вебхук приложения Meta указывает не на Parley: новости аккаунта не приходят',
    remedy: 'Впишите показанный здесь адрес в App Dashboard → WhatsApp → Configuration',
  },
  'fields-missing': {
    message: 'Приложение Meta подписано не на все поля вебхука, которые нужны номеру; не хватает: {{detail}}',
    remedy: 'Подпишите недостающее: App Dashboard → WhatsApp → Configuration → Webhook fields',
  },
  'webhook-refused': { message: 'WhatsApp не смог обратиться к адресу вебхука', remedy: ADDRESS },
  'webhook-silent': { message: 'WhatsApp просили обратиться к адресу вебхука, обращения не было', remedy: ADDRESS },
  'statuses-missing': {
    message: 'WhatsApp принял сообщения и ничего о них не сообщает, как и обо всём остальном по этому номеру',
    remedy: 'Проверьте, что приложение Meta подписано на поле messages и вебхуки не приостановлены',
  },
  'token-refused': { message: 'WhatsApp не принимает токен доступа', remedy: NEW_TOKEN },
  'token-expired': { message: 'Срок токена истёк ({{detail}})', remedy: NEW_TOKEN },
  'token-expires': {
    message: 'Срок токена заканчивается {{detail}}',
    remedy: 'Введите новый токен заранее, лучше бессрочный',
  },
  'hint-never-seen': {
    message: 'Ни один сценарий этого аккаунта Planfix ещё не обращался к Parley: ответы уходят с задержкой до минуты',
    remedy: 'Создайте сценарий, который обращается к адресу аккаунта с его секретом; см. документацию',
  },
  'planfix-paused': {
    message: 'Planfix сейчас ничего не принимает',
    remedy: 'Если отклонён токен, введите новый; иначе всё продолжится, когда Planfix ответит',
  },
  'server-clock': { message: 'Часы сервера Parley врут на {{detail}} мин', remedy: CLOCK },
  'database-clock': { message: 'Часы сервера базы данных расходятся с часами Parley на {{detail}} мин', remedy: CLOCK },
  'planfix-clock': { message: 'Часы Planfix расходятся с часами Parley на {{detail}} мин', remedy: COMPARE },
  'network-clock': { message: 'Часы WhatsApp расходятся с часами Parley на {{detail}} мин', remedy: COMPARE },
};
