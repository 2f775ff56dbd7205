// The button is displayed only where it works.
const button = document.querySelector('#print');
button.hidden = false;
button.addEventListener('click', () => window.print());
