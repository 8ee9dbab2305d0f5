import '@mantine/core/styles.css';
import './page.css';
import './files/files.css';
import './phone/phone.css';
import './phone/bubble.css';
import './phone/content.css';
import './planfix/planfix.css';
import './planfix/rich-text.css';
import './company.css';
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { LanguageProvider } from './texts/language.tsx';
import { theme } from './theme.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');

createRoot(root).render(
  <MantineProvider theme={theme} defaultColorScheme="auto">
    <LanguageProvider>
      <App />
    </LanguageProvider>
  </MantineProvider>,
);
