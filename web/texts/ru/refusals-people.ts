const ASK_FOR_LINK = 'попросите у администратора ссылку для нового пароля';

/** Signing in, people and API keys: an English sentence of the API → Russian. */
export const peopleRefusals = {
  'Sign in, or send an API key: Authorization: Bearer <key>':
    'Войдите или передайте ключ API: Authorization: Bearer <ключ>',
  'Send an API key: Authorization: Bearer <key>': 'Передайте ключ API: Authorization: Bearer <ключ>',
  'This API key is not known, or was revoked': 'Такого ключа API нет, или он отозван',
  'Your role, {{role}}, may not do this; an administrator can give you another one':
    'Ваша роль ({{role}}) этого не позволяет; сменить её может администратор',
  'This key lacks the scope "{{scope}}"': 'У этого ключа нет права «{{scope}}»',
  'This key lacks what it wants to grant: {{scopes}}': 'Ключ не может дать права, которых у него нет: {{scopes}}',
  'A key is no person; this is for somebody who is signed in': 'Это доступно людям, а не ключам API: войдите в консоль',
  'A key that is bound to one Planfix account cannot do this': 'Ключу одного аккаунта Planfix это недоступно',
  'A write with the session cookie must come from a page of this address':
    'Изменения принимаются только со страниц этого сайта',
  'Send the csrfToken of GET /v1/session in the header X-CSRF-Token': 'Обновите страницу и повторите',
  'Somebody has signed in anew in this browser; look who it is, and try again':
    'В этом браузере вошли заново; проверьте, кто именно, и повторите',
  'Signing in is done on a page of this address': 'Войти можно только на странице этого сайта',

  'Many people sign in at this moment; try again in a moment':
    'Сейчас входит слишком много людей; повторите чуть позже',
  'The session was ended at once; sign in again': 'Сеанс сразу закончился; войдите ещё раз',
  'This is not your password': 'Это не ваш пароль',
  'Type your present password': 'Введите нынешний пароль',
  'Too many wrong passwords for this e-mail address: none is looked at for {{minutes}} minutes. Wait, or ask an administrator for a link to choose a new password': `Для этого адреса слишком много раз вводили неверный пароль; следующая попытка — через {{minutes}} мин. Подождите или ${ASK_FOR_LINK}`,
  'The e-mail address or the password is not right. Correct them, or ask an administrator for a link to choose a new password': `Неверный адрес эл. почты или пароль. Исправьте их или ${ASK_FOR_LINK}`,
  'This link was used already, has expired, or is not complete; ask an administrator for a new one':
    'Ссылка уже использована, устарела или скопирована не целиком; попросите у администратора новую',
  'The name is missing': 'Имя не указано',
  'Send your name': 'Укажите своё имя',
  'The e-mail address is missing': 'Адрес эл. почты не указан',
  'Send your address': 'Укажите свой адрес',
  'This link is for another e-mail address': 'Эта ссылка для другого адреса эл. почты',
  'Nothing was changed; open the link again': 'Ничего не изменилось; откройте ссылку ещё раз',
  'The password is the e-mail address': 'Пароль совпадает с адресом эл. почты',
  'Choose another one': 'Придумайте другой',
  'The identity provider cannot be reached; try again, or use a password':
    'Поставщик учётных записей не отвечает; повторите или войдите по паролю',
  'Single sign-on is not set up here: see PARLEY_OIDC_ISSUER': 'Единый вход здесь не настроен: см. PARLEY_OIDC_ISSUER',

  'An operator has this e-mail address': 'Этот адрес уже занят',
  'Change that operator instead': 'Измените доступ этого человека в списке',
  'This operator is disabled; enable them first': 'Доступ этого человека отключён; сначала включите его',
  'Nobody else is an administrator': 'Других администраторов нет',
  'Make somebody else an administrator first': 'Сначала назначьте администратором кого-то ещё',
};
