import type { FindingWords } from './health.ts';
import { planfixChecks } from './planfix-checks.ts';

const MANAGER = 'WhatsApp Manager';
const TWO_STEP = `${MANAGER} → Phone numbers → номер → Two-step verification`;
const NEW_NUMBER = 'подключите номер, которого нет в WhatsApp Business, как новый';
const COUNTRIES =
  'Список стран у Meta — «Supported countries» на странице «Onboard WhatsApp Business app users»: ' +
  'developers.facebook.com/docs/whatsapp/embedded-signup/custom-flows/onboarding-business-app-users';
const SYSTEM_USER_TOKEN = 'Создайте новый токен системного пользователя с обоими правами whatsapp_business';

/** What live checks of accounts, connections and credentials find, by their stable codes. */
export const checks: FindingWords = {
  // Токен и ключ.
  'token-accepted': { message: 'WhatsApp принимает токен' },
  'token-rejected': { message: 'WhatsApp не принимает токен доступа', remedy: SYSTEM_USER_TOKEN },
  'token-expired': {
    message: 'Срок токена истёк',
    remedy: 'Создайте новый токен системного пользователя, лучше бессрочный, и введите его здесь',
  },
  'token-expires-soon': {
    message: 'Срок токена истекает меньше чем через 14 дней',
    remedy: 'Создайте бессрочный токен и введите его здесь',
  },
  'token-expires': { message: 'У токена есть срок; Parley предупредит за 14 дней' },
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
  'token-not-inspected': {
    message: 'Meta не говорит, на что годится этот токен',
    remedy: 'Выберите приложение Meta: с его секретом об этом можно спросить',
  },
  'scopes-missing': {
    message: 'Токену не хватает whatsapp_business_messaging или whatsapp_business_management',
    remedy: 'Создайте его заново, отметив оба права',
  },
  'scopes-granted': { message: 'У токена есть оба права' },
  'permission-missing': {
    message: 'Токену не хватает права',
    remedy: 'Назначьте аккаунт WhatsApp системному пользователю и дайте whatsapp_business_management',
  },
  'key-accepted': { message: 'Ключ API принят' },
  'key-rejected': {
    message: 'Ключ API не принят',
    remedy: 'Создайте для этого номера новый ключ в 360dialog Hub и скопируйте его целиком',
  },
  'key-of-other-number': {
    message: 'Ключ API относится к другому номеру',
    remedy: 'Возьмите ключ со страницы этого номера в 360dialog Hub',
  },
  'number-of-key': { message: 'Ключ относится к этому номеру' },
  'network-unreachable': {
    message: 'Не удалось спросить WhatsApp: {{detail}}',
    remedy: 'Повторите через минуту; если не помогает, проверьте адрес API (META_GRAPH_URL)',
  },

  // Аккаунт и номер.
  'not-readable': {
    message: 'WhatsApp не показывает этого с таким токеном',
    remedy:
      'Проверьте идентификатор в настройках Meta Business; номер из другого портфолио нужно открыть портфолио токена ' +
      'или подключить с токеном его собственного портфолио',
  },
  readable: { message: 'Аккаунт WhatsApp виден' },
  'account-rejected': {
    message: 'Meta отклонила аккаунт WhatsApp',
    remedy: 'Обжалуйте это в настройках Meta Business',
  },
  'account-in-review': { message: 'Meta ещё проверяет аккаунт WhatsApp' },
  'account-not-readable': {
    message: 'Токен не видит этот аккаунт WhatsApp',
    remedy: 'В настройках Meta Business назначьте аккаунт системному пользователю с полным доступом',
  },
  owned: { message: 'Номер относится к этому аккаунту WhatsApp' },
  'not-in-account': {
    message: 'Номер не относится к этому аккаунту WhatsApp',
    remedy: 'Возьмите оба идентификатора с одной страницы приложения Meta',
  },
  'number-not-in-account': {
    message: 'В этом аккаунте WhatsApp такого номера нет; возможно, он в другом портфолио',
    remedy: 'Выберите номер этого аккаунта или аккаунт этого номера',
  },
  connected: { message: 'Номер подключён' },
  'number-not-connected': {
    message: 'Номер не подключён',
    remedy: `Подтвердите и зарегистрируйте его в ${MANAGER}`,
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
  'quality-low': {
    message: 'Качество номера низкое',
    remedy: 'Пишите меньше тем, кто об этом не просил: Meta снижает лимиты таких номеров или блокирует их',
  },
  'display-name-declined': {
    message: 'Meta отклонила отображаемое имя номера',
    remedy: `Выберите другое имя в ${MANAGER} → Phone numbers`,
  },
  'sending-blocked': {
    message: 'WhatsApp сейчас не даёт этому номеру отправлять',
    remedy: `Причина — в ${MANAGER}: оплата, качество или ограничение`,
  },
  'payment-missing': {
    message: 'У аккаунта WhatsApp нет способа оплаты, поэтому шаблоны отправить нельзя',
    remedy: `Добавьте его в ${MANAGER} → Billing`,
  },
  'sending-limited': {
    message: 'WhatsApp сообщает о помехе отправке',
    remedy: `Причина — в ${MANAGER} → Account overview`,
  },
  'business-app-not-linked': {
    message: 'Номер в приложении WhatsApp Business и ещё не связан с платформой',
    remedy:
      'Подключите его как номер из WhatsApp Business. Если WhatsApp отвечает, что номер не подходит или страна не ' +
      `поддерживается, ${NEW_NUMBER}. ${COUNTRIES}`,
  },
  'business-app-linked': { message: 'Номер общий с приложением WhatsApp Business' },
  'business-app-refused': {
    message:
      'WhatsApp не связал этот номер: он не подходит для работы и в приложении, и на платформе, или его страна не поддерживается',
    remedy: `Обновите WhatsApp Business, попользуйтесь им и попробуйте снова, или ${NEW_NUMBER}. ${COUNTRIES}`,
  },
  'will-be-registered': { message: 'Номер подтверждён; Parley зарегистрирует его при подключении' },

  // PIN и регистрация.
  'pin-needed': {
    message: 'У номера включена двухшаговая проверка, нужен её PIN',
    remedy: `Введите шесть цифр; задать заново можно в ${TWO_STEP}`,
  },
  'pin-wrong': {
    message: 'PIN не подходит к номеру',
    remedy: `Введите PIN двухшаговой проверки; задать заново можно в ${TWO_STEP}`,
  },
  'pin-locked': {
    message: 'Для этого номера слишком много раз вводили неверный PIN',
    remedy: `Подождите, пока Meta снова разрешит, или задайте новый PIN в ${TWO_STEP}`,
  },
  'pin-too-fast': { message: 'PIN введён снова слишком быстро', remedy: 'Подождите минуту и подключите номер снова' },
  registered: { message: 'Номер зарегистрирован' },
  'number-not-registrable': {
    message: 'Meta не регистрирует этот номер',
    remedy: `Подтвердите его в ${MANAGER} → Phone numbers и подключите снова`,
  },
  'number-just-deleted': {
    message: 'Номер только что удалили из WhatsApp',
    remedy: 'Подождите пять минут и подключите его снова',
  },
  'registrations-used-up': {
    message: 'За 72 часа номер десять раз регистрировали и снимали с регистрации; больше Meta не разрешает',
    remedy: 'Подождите 72 часа; каждая новая попытка только продлит ожидание',
  },
  'registration-unknown': {
    message: 'Meta не ответила, зарегистрирован ли номер',
    remedy: `Через несколько минут посмотрите его состояние в ${MANAGER}; подключите снова с тем же PIN, если вы его вводили`,
  },

  // Подписка и вебхуки.
  subscribed: { message: 'Приложение Meta подписано на аккаунт WhatsApp' },
  'not-subscribed': {
    message: 'На аккаунт WhatsApp не подписано ни одно приложение, сообщения не придут',
    remedy: 'Дайте токену whatsapp_business_management, чтобы Parley мог подписать приложение',
  },
  'other-app-only': {
    message: 'На аккаунт WhatsApp подписано только другое приложение',
    remedy: 'Возьмите токен того приложения Meta, которое выбрано здесь',
  },
  'webhook-seen': { message: 'Meta достаёт до Parley' },
  'webhook-unreachable': {
    message: 'Meta не может обратиться к {{detail}}',
    remedy:
      'PARLEY_PUBLIC_URL должен быть адресом https, который доступен из интернета и имеет действующий сертификат; всё ' +
      'под /webhooks нужно передавать в Parley',
  },
  'fields-missing': {
    message: 'Приложение Meta подписано не на все поля вебхука, которые нужны номеру; не хватает: {{detail}}',
    remedy:
      'Откройте приложение Meta в App Dashboard: WhatsApp → Configuration → Webhook fields и подпишите недостающее; ' +
      'адрес вебхука там — тот, что Parley показывает у приложения Meta',
  },
  'fields-not-readable': {
    message: 'Meta не сообщает, на какие поля вебхука подписано приложение Meta',
    remedy:
      'Проверьте в App Dashboard: WhatsApp → Configuration: нужны messages и account_update, а для номера, общего с ' +
      'приложением на телефоне, ещё history, smb_app_state_sync и smb_message_echoes',
  },
  'address-set': { message: 'Сообщения номера приходят в Parley' },
  'address-not-set': {
    message: 'У номера нет адреса вебхука, сообщения не придут',
    remedy:
      'Parley задаёт его сам, а 360dialog принимает только адрес https без порта и без подчёркивания: проверьте ' +
      'PARLEY_PUBLIC_URL и повторите проверку',
  },
  'other-address': {
    message: 'Сообщения номера уходят на другой адрес',
    remedy: 'Убедитесь, что адрес вебхука этого номера не задаёт что-то ещё, и повторите проверку',
  },
  'sync-too-late': {
    message: 'Прошло больше 24 часов с тех пор, как номер связали: его чаты и контакты останутся в телефоне',
    remedy:
      'Чтобы всё же перенести их: в приложении «Настройки → Аккаунт → Платформа для бизнеса → Отключить», затем ' +
      'подключите номер снова и не выключайте Parley',
  },
  'sync-refused': {
    message: 'WhatsApp отказался передать чаты или контакты из приложения',
    remedy:
      'Чтобы повторить: отключите в приложении («Настройки → Аккаунт → Платформа для бизнеса») и подключите снова',
  },
  ...planfixChecks,
};
