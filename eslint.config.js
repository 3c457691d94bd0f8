import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import accessibility from 'eslint-plugin-vuejs-accessibility'
import globals from 'globals'
import ts from 'typescript-eslint'

export default ts.config(
  // The .mjs is built from the .ts beside it.
  { ignores: ['out/', 'test-results/', 'node_modules/', 'resources/sdk/*.mjs'] },
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  vue.configs['flat/recommended'],
  accessibility.configs['flat/recommended'],
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: {
        parser: ts.parser,
        projectService: { allowDefaultProject: ['*.js'] },
        extraFileExtensions: ['.vue'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An async function without await gives a promise to an interface that asks for one.
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['scripts/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['src/renderer/**'],
    languageOptions: { globals: globals.browser },
    rules: {
      // Logged text is hostile: it is shown as text and never as HTML.
      'vue/no-v-html': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-props-declaration': 'error',
      'vue/define-emits-declaration': 'error',
      'vue/no-unused-refs': 'error',
      'vue/no-undef-components': [
        'error',
        { ignorePatterns: ['router-view', 'router-link', 'RouterView', 'RouterLink'] },
      ],
      'vue/multi-word-component-names': 'off',
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: 'Show text as text.' },
        { property: 'outerHTML', message: 'Show text as text.' },
      ],
    },
  },
  { files: ['*.js', 'test/clients/programs/*.mjs'], ...ts.configs.disableTypeChecked },
  {
    files: ['resources/sdk/*.js'],
    ...ts.configs.disableTypeChecked,
    languageOptions: { ...ts.configs.disableTypeChecked.languageOptions, globals: globals.browser },
  },
  prettier,
)
