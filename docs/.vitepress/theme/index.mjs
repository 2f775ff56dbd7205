// The default theme without its web font: the reader's own fonts are there already, and nothing is to be loaded.
import DefaultTheme from 'vitepress/theme-without-fonts'
import './style.css'

export default DefaultTheme
