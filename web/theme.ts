import { createTheme, type MantineColorsTuple } from '@mantine/core';
import i18next from 'i18next';

const green: MantineColorsTuple = [
  '#e8f8f1',
  '#d3efe3',
  '#a6dfc6',
  '#76cea8',
  '#4fc08e',
  '#36b77e',
  '#26a975',
  '#189565',
  '#0c7d56',
  '#006a49',
];

/** System fonts only: the console must look right without any network. */
export const theme = createTheme({
  primaryColor: 'green',
  // Dark enough for white words on it and for green words on white (contrast 4.5).
  primaryShade: { light: 9, dark: 8 },
  autoContrast: true,
  colors: { green },
  fontFamily: 'Inter, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", "Liberation Sans", sans-serif',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Asked for each time, in the language of that moment.
    Notification: { defaultProps: () => ({ closeButtonProps: { 'aria-label': i18next.t('close') } }) },
  },
});
