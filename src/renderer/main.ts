import 'element-plus/theme-chalk/base.css'
import './theme/tokens.css'
import './theme/base.css'
import './theme/element-plus.css'
import './theme/paper.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './app.vue'
import { i18n } from './i18n/index.ts'
import { router } from './router.ts'

createApp(App).use(createPinia()).use(router).use(i18n).mount('#app')
