// Displays the chosen day of date inputs as the pages write days (Languages/DisplayFormat.cs).
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

for (const input of document.querySelectorAll('.day input')) {
  const show = () => {
    const [year, month, day] = input.value.split('-').map(Number);
    const text = document.documentElement.lang === 'ko' ? `${year}년 ${month}월 ${day}일` : `${day} ${months[month - 1]} ${year}`;
    input.nextElementSibling.textContent = input.value ? text : '';
  };
  input.addEventListener('input', show);
  show();
}
