<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="uk" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Classmood</source>
        <translation>Про Classmood</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>Версія {version}</translation>
    </message>
    <message>
        <source>Shows a teacher how a class feels during a lesson, as class-level statistics of facial expressions. A label is a guess about an expression, not a feeling.</source>
        <translation>Показує вчителеві настрій класу під час уроку: статистику виразів облич для класу загалом. Підпис — це здогад про вираз обличчя, а не почуття.</translation>
    </message>
    <message>
        <source>Free software under the GNU Affero General Public License, version 3 or later.</source>
        <translation>Вільна програма за ліцензією GNU Affero General Public License версії 3 або новішої.</translation>
    </message>
    <message>
        <source>Built with {list}.</source>
        <translation>Створено з {list}.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрити</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Start or stop the session</source>
        <translation>Почати або завершити сеанс</translation>
    </message>
    <message>
        <source>Pause or resume the session</source>
        <translation>Призупинити або продовжити сеанс</translation>
    </message>
    <message>
        <source>Take the last activity back</source>
        <translation>Скасувати останній етап</translation>
    </message>
    <message>
        <source>Open a video or picture…</source>
        <translation>Відкрити відео або зображення…</translation>
    </message>
    <message>
        <source>Open a folder of pictures…</source>
        <translation>Відкрити папку зображень…</translation>
    </message>
    <message>
        <source>Open a stream address…</source>
        <translation>Відкрити адресу потоку…</translation>
    </message>
    <message>
        <source>Demo classroom</source>
        <translation>Демонстраційний клас</translation>
    </message>
    <message>
        <source>Choose a source</source>
        <translation>Обрати джерело</translation>
    </message>
    <message>
        <source>Look for cameras again</source>
        <translation>Шукати камери знову</translation>
    </message>
    <message>
        <source>Mirror the camera picture</source>
        <translation>Віддзеркалити зображення з камери</translation>
    </message>
    <message>
        <source>Show four emotions instead of seven</source>
        <translation>Показувати чотири емоції замість семи</translation>
    </message>
    <message>
        <source>Switch between light and dark</source>
        <translation>Перемкнути світлу й темну теми</translation>
    </message>
    <message>
        <source>Presentation</source>
        <translation>Показ на весь екран</translation>
    </message>
    <message>
        <source>Leave the presentation</source>
        <translation>Вийти з показу</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Налаштування…</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Меню</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Клавіатурні скорочення</translation>
    </message>
    <message>
        <source>About Classmood</source>
        <translation>Про Classmood</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Вийти</translation>
    </message>
    <message>
        <source>Activity: {name}</source>
        <translation>Етап: {name}</translation>
    </message>
</context>
<context>
    <name>ActivitiesPage</name>
    <message>
        <source>Activities that the keys 1 to 5 start</source>
        <translation>Етапи, які починають клавіші від 1 до 5</translation>
    </message>
    <message>
        <source>During a session a click or a key notes what begins. Reports compare these activities.</source>
        <translation>Під час сеансу клацання або клавіша позначає, що починається. Звіти порівнюють ці етапи.</translation>
    </message>
    <message>
        <source>An empty field switches its key off.</source>
        <translation>Порожнє поле вимикає свою клавішу.</translation>
    </message>
    <message>
        <source>Activity of key {key}</source>
        <translation>Етап клавіші {key}</translation>
    </message>
</context>
<context>
    <name>ActivityBar</name>
    <message>
        <source>{activity} starts now (key {key})</source>
        <translation>«{activity}» починається зараз (клавіша {key})</translation>
    </message>
    <message>
        <source>Activity:</source>
        <translation>Етап:</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Скасувати</translation>
    </message>
    <message>
        <source>Take the last activity back (Ctrl+Z)</source>
        <translation>Скасувати останній етап (Ctrl+Z)</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>Етап</translation>
    </message>
</context>
<context>
    <name>AnalysisPage</name>
    <message>
        <source>How faces are found</source>
        <translation>Як шукати обличчя</translation>
    </message>
    <message>
        <source>Emotions</source>
        <translation>Емоції</translation>
    </message>
    <message>
        <source>Say “unsure” below a confidence of</source>
        <translation>Казати «неясно», якщо впевненість нижча за</translation>
    </message>
    <message>
        <source>Smoothing over time</source>
        <translation>Згладжування в часі</translation>
    </message>
    <message>
        <source>Seven: angry, disgust, fear, happy, neutral, sad, surprise</source>
        <translation>Сім: злість, відраза, страх, радість, нейтрально, сум, подив</translation>
    </message>
    <message>
        <source>Four: happy, neutral, sad, surprise</source>
        <translation>Чотири: радість, нейтрально, сум, подив</translation>
    </message>
    <message>
        <source> s</source>
        <translation> с</translation>
    </message>
    <message>
        <source>Higher: fewer labels, but more of them are right.</source>
        <translation>Вищий поріг: підписів менше, але частіше правильні.</translation>
    </message>
    <message>
        <source>Longer: calmer labels that follow a change later.</source>
        <translation>Довше: підписи спокійніші, але пізніше реагують на зміну.</translation>
    </message>
</context>
<context>
    <name>AnalysisWorker</name>
    <message>
        <source>Reading the faces failed unexpectedly. The log file has the details.</source>
        <translation>Розпізнавання облич несподівано зупинилося. Подробиці — у файлі журналу.</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Hide this message</source>
        <translation>Сховати це повідомлення</translation>
    </message>
</context>
<context>
    <name>CameraPage</name>
    <message>
        <source>Resolution: write width and height, for example 1280 × 720.</source>
        <translation>Роздільність: напишіть ширину й висоту, наприклад 1280 × 720.</translation>
    </message>
    <message>
        <source>Resolution: from 160 × 120 to 7680 × 4320.</source>
        <translation>Роздільність: від 160 × 120 до 7680 × 4320.</translation>
    </message>
    <message>
        <source>Picture from</source>
        <translation>Звідки зображення</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>Роздільність</translation>
    </message>
    <message>
        <source>A camera, the path of a video, picture or folder, or a stream address (rtsp:// or http://).</source>
        <translation>Камера, шлях до відео, зображення чи папки або адреса потоку (rtsp:// чи http://).</translation>
    </message>
    <message>
        <source>Mirror the camera picture, like a looking glass</source>
        <translation>Віддзеркалити зображення з камери</translation>
    </message>
    <message>
        <source>First camera, else the demo classroom</source>
        <translation>Перша камера, а без неї демонстраційний клас</translation>
    </message>
    <message>
        <source>Demo classroom</source>
        <translation>Демонстраційний клас</translation>
    </message>
</context>
<context>
    <name>CaptureWorker</name>
    <message>
        <source>Reading the picture failed unexpectedly. The log file has the details.</source>
        <translation>Читання зображення несподівано зупинилося. Подробиці — у файлі журналу.</translation>
    </message>
</context>
<context>
    <name>DialogPrompts</name>
    <message>
        <source>A session is being recorded.</source>
        <translation>Триває запис сеансу.</translation>
    </message>
    <message>
        <source>Everything recorded so far is kept when you close.</source>
        <translation>Усе вже записане збережеться, якщо закрити програму.</translation>
    </message>
    <message>
        <source>Keep recording</source>
        <translation>Продовжити запис</translation>
    </message>
    <message>
        <source>Save and close</source>
        <translation>Зберегти й закрити</translation>
    </message>
    <message>
        <source>Videos and pictures</source>
        <translation>Відео й зображення</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Усі файли</translation>
    </message>
    <message>
        <source>Open a video or picture</source>
        <translation>Відкрити відео або зображення</translation>
    </message>
    <message>
        <source>Open a folder of pictures</source>
        <translation>Відкрити папку зображень</translation>
    </message>
    <message>
        <source>Open a stream</source>
        <translation>Відкрити потік</translation>
    </message>
    <message>
        <source>Address of the stream (rtsp:// or http://):</source>
        <translation>Адреса потоку (rtsp:// або http://):</translation>
    </message>
</context>
<context>
    <name>Engine</name>
    <message>
        <source>%s gives no picture.</source>
        <translation>%s не дає зображення.</translation>
    </message>
</context>
<context>
    <name>HeaderBar</name>
    <message>
        <source>Choose a source</source>
        <translation>Обрати джерело</translation>
    </message>
    <message>
        <source>Source of the picture</source>
        <translation>Джерело зображення</translation>
    </message>
    <message>
        <source>Face detector</source>
        <translation>Пошук облич</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Меню</translation>
    </message>
</context>
<context>
    <name>MoodCard</name>
    <message>
        <source>Mood index {number}</source>
        <translation>Індекс настрою {number}</translation>
    </message>
    <message>
        <source>Mood of the class</source>
        <translation>Настрій класу</translation>
    </message>
    <message>
        <source>The line is the mood index: happy minus sad, angry, fear and disgust, from -1 to 1. The areas are the shares of the emotions.</source>
        <translation>Лінія — індекс настрою: радість мінус сум, злість, страх і відраза, від −1 до 1. Кольорові смуги — частки емоцій.</translation>
    </message>
</context>
<context>
    <name>MoodChart</name>
    <message>
        <source>Mood of the class over the last minutes</source>
        <translation>Настрій класу за останні хвилини</translation>
    </message>
</context>
<context>
    <name>NoticeDialog</name>
    <message>
        <source>Before you start</source>
        <translation>Перш ніж почати</translation>
    </message>
    <message>
        <source>Before a camera is opened</source>
        <translation>Перш ніж увімкнути камеру</translation>
    </message>
    <message>
        <source>What is measured</source>
        <translation>Що вимірюється</translation>
    </message>
    <message>
        <source>What is never stored</source>
        <translation>Що ніколи не зберігається</translation>
    </message>
    <message>
        <source>What a label is</source>
        <translation>Що означає підпис</translation>
    </message>
    <message>
        <source>Where this is prohibited</source>
        <translation>Де це заборонено</translation>
    </message>
    <message>
        <source>Classmood finds the faces in the picture and guesses the expression of each one. While a session is recorded, it keeps one line per second for the class as a whole: how many faces there were, the average of their expressions and the quality of the picture. It also keeps what you type about the lesson.</source>
        <translation>Classmood знаходить обличчя на зображенні й намагається вгадати вираз кожного. Під час запису сеансу щосекунди зберігається один рядок про клас загалом: скільки було облич, середнє їхніх виразів і якість зображення. Також зберігається те, що ви написали про урок.</translation>
    </message>
    <message>
        <source>No picture, no face and no person: nothing that belongs to one pupil is written to the disk or sent anywhere. The picture is analysed on this computer.</source>
        <translation>Ні зображень, ні облич, ні людей: ніщо, що стосується окремого учня, не записується на диск і нікуди не надсилається. Зображення аналізується на цьому комп’ютері.</translation>
    </message>
    <message>
        <source>A guess about an expression, not a feeling. A person who smiles need not be happy, and the program errs often. Never judge a person by it.</source>
        <translation>Це здогад про вираз обличчя, а не про почуття. Людина з усмішкою не обов’язково радіє, а програма часто помиляється. Ніколи не судіть за ним про людину.</translation>
    </message>
    <message>
        <source>In the European Union, emotion recognition in schools and at workplaces has been prohibited by Article 5(1)(f) of the AI Act since 2 February 2025, with or without consent, medical or safety reasons aside. Other countries have rules of their own. Use Classmood only where it is allowed.</source>
        <translation>У Європейському Союзі розпізнавання емоцій у школах і на робочих місцях заборонене статтею 5(1)(f) Регламенту про штучний інтелект з 2 лютого 2025 року, за згодою чи без неї, крім медичних міркувань і міркувань безпеки. В інших країнах діють власні правила. Користуйтеся Classmood лише там, де це дозволено.</translation>
    </message>
    <message>
        <source>I have read this</source>
        <translation>Я це прочитав(-ла)</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Приймаю</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Вийти</translation>
    </message>
</context>
<context>
    <name>NowCard</name>
    <message>
        <source>{share} unsure</source>
        <translation>{share} неясно</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Зараз</translation>
    </message>
    <message>
        <source>Guesses about expressions, not feelings.</source>
        <translation>Здогади про вирази облич, а не про почуття.</translation>
    </message>
</context>
<context>
    <name>Placeholder</name>
    <message>
        <source>No picture yet</source>
        <translation>Зображення ще немає</translation>
    </message>
    <message>
        <source>No picture</source>
        <translation>Немає зображення</translation>
    </message>
    <message>
        <source>The recording has ended</source>
        <translation>Запис завершився</translation>
    </message>
    <message>
        <source>Choose a camera or a file, or try the demo classroom. It needs no camera.</source>
        <translation>Оберіть камеру чи файл або спробуйте демонстраційний клас: йому не потрібна камера.</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>Відкриваємо…</translation>
    </message>
    <message>
        <source>A camera can take a few seconds.</source>
        <translation>Камера може вмикатися кілька секунд.</translation>
    </message>
    <message>
        <source>Play it again, or choose something else.</source>
        <translation>Відтворіть ще раз або оберіть щось інше.</translation>
    </message>
    <message>
        <source>Play again</source>
        <translation>Відтворити ще раз</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Спробувати ще раз</translation>
    </message>
    <message>
        <source>Choose a source</source>
        <translation>Обрати джерело</translation>
    </message>
    <message>
        <source>Try the demo classroom</source>
        <translation>Спробувати демонстраційний клас</translation>
    </message>
</context>
<context>
    <name>PresentationStrip</name>
    <message>
        <source>Guesses about expressions, not feelings</source>
        <translation>Здогади про вирази облич, а не про почуття</translation>
    </message>
    <message>
        <source>Shares of emotions, large</source>
        <translation>Частки емоцій, великим шрифтом</translation>
    </message>
</context>
<context>
    <name>Recorder</name>
    <message>
        <source>Saving failed unexpectedly. The log file has the details.</source>
        <translation>Збереження несподівано зупинилося. Подробиці — у файлі журналу.</translation>
    </message>
</context>
<context>
    <name>SessionCard</name>
    <message>
        <source>Not recording</source>
        <translation>Запис не йде</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Запис</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Пауза</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Продовжити</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Пауза</translation>
    </message>
    <message>
        <source>Course</source>
        <translation>Предмет</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Клас або група</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>Учитель</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Нотатка</translation>
    </message>
    <message>
        <source>Start session</source>
        <translation>Почати сеанс</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Завершити</translation>
    </message>
    <message>
        <source>Elapsed time</source>
        <translation>Тривалість</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Налаштування</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Камера</translation>
    </message>
    <message>
        <source>Analysis</source>
        <translation>Аналіз</translation>
    </message>
    <message>
        <source>Activities</source>
        <translation>Етапи</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Вигляд</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Зберігання</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>Розділи</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>Гаразд</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Скасувати</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Застосувати</translation>
    </message>
</context>
<context>
    <name>ShareBars</name>
    <message>
        <source>Current shares of emotions</source>
        <translation>Поточні частки емоцій</translation>
    </message>
    <message>
        <source>No face is seen</source>
        <translation>Облич не видно</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Клавіатурні скорочення</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрити</translation>
    </message>
</context>
<context>
    <name>SourceMenu</name>
    <message>
        <source>Looking for cameras…</source>
        <translation>Шукаємо камери…</translation>
    </message>
    <message>
        <source>No camera found</source>
        <translation>Камер не знайдено</translation>
    </message>
    <message>
        <source>Camera resolution</source>
        <translation>Роздільність камери</translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message>
        <source>No source</source>
        <translation>Немає джерела</translation>
    </message>
    <message>
        <source>{number} frames/s</source>
        <translation>{number} кадрів/с</translation>
    </message>
    <message>
        <source>{number} ms</source>
        <translation>{number} мс</translation>
    </message>
    <message numerus="yes">
        <source>%n dropped</source>
        <translation>
            <numerusform>%n пропущений</numerusform>
            <numerusform>%n пропущені</numerusform>
            <numerusform>%n пропущених</numerusform>
        </translation>
    </message>
    <message>
        <source>Latency: from the camera to the window</source>
        <translation>Затримка: від камери до вікна</translation>
    </message>
    <message>
        <source>Frames that came while an earlier one was being analysed</source>
        <translation>Кадри, що надійшли, поки аналізувався попередній</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>Не збережено</translation>
    </message>
    <message>
        <source>Saving the session</source>
        <translation>Сеанс зберігається</translation>
    </message>
    <message>
        <source>Database ready</source>
        <translation>База даних готова</translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message>
        <source>Database: not an address. Examples: sqlite:////home/me/lessons.db, postgresql+psycopg://user@host/name</source>
        <translation>База даних: це не адреса. Приклади: sqlite:////home/me/lessons.db, postgresql+psycopg://user@host/name</translation>
    </message>
    <message>
        <source>Database address</source>
        <translation>Адреса бази даних</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>Папка даних</translation>
    </message>
    <message>
        <source>classmood.db in the data folder</source>
        <translation>classmood.db у папці даних</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Відкрити</translation>
    </message>
    <message>
        <source>Empty: a file on this computer. A change is used from the next start of the program on.</source>
        <translation>Порожньо: файл на цьому комп’ютері. Зміна діє після наступного запуску програми.</translation>
    </message>
    <message>
        <source>Settings, database and logs lie here. No pictures, ever.</source>
        <translation>Тут лежать налаштування, база даних і журнали. Зображень тут не буває.</translation>
    </message>
</context>
<context>
    <name>ViewPage</name>
    <message>
        <source>Language</source>
        <translation>Мова</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Оформлення</translation>
    </message>
    <message>
        <source>As the computer</source>
        <translation>Як на комп’ютері</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Світле</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Темне</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>angry</source>
        <translation>злість</translation>
    </message>
    <message>
        <source>disgust</source>
        <translation>відраза</translation>
    </message>
    <message>
        <source>fear</source>
        <translation>страх</translation>
    </message>
    <message>
        <source>happy</source>
        <translation>радість</translation>
    </message>
    <message>
        <source>neutral</source>
        <translation>нейтрально</translation>
    </message>
    <message>
        <source>sad</source>
        <translation>сум</translation>
    </message>
    <message>
        <source>surprise</source>
        <translation>подив</translation>
    </message>
    <message>
        <source>Cascade (Haar)</source>
        <translation>Каскад (Haar)</translation>
    </message>
    <message>
        <source>For a class that faces the camera. Needs nothing else.</source>
        <translation>Для класу, що дивиться в камеру. Більше нічого не потребує.</translation>
    </message>
    <message>
        <source>YuNet</source>
        <translation>YuNet</translation>
    </message>
    <message>
        <source>For small, turned or tilted faces. Needs a model file that the program can download.</source>
        <translation>Для малих, повернутих чи нахилених облич. Потребує файлу моделі, який програма може завантажити.</translation>
    </message>
    <message>
        <source>Not marked</source>
        <translation>Не позначено</translation>
    </message>
    <message>
        <source>Lecture</source>
        <translation>Лекція</translation>
    </message>
    <message>
        <source>Interactive</source>
        <translation>Інтерактив</translation>
    </message>
    <message>
        <source>Quiz</source>
        <translation>Вікторина</translation>
    </message>
    <message>
        <source>Group work</source>
        <translation>Групова робота</translation>
    </message>
    <message>
        <source>Break</source>
        <translation>Перерва</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>неясно</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>The camera gives no picture. Classmood is looking for it.</source>
        <translation>Камера не дає зображення. Classmood її шукає.</translation>
    </message>
    <message>
        <source>The session goes on, and the gap is marked.</source>
        <translation>Сеанс триває, а перерву буде позначено.</translation>
    </message>
    <message>
        <source>The session can not be saved right now. Classmood keeps it and tries again.</source>
        <translation>Сеанс зараз не вдається зберегти. Classmood тримає його в пам’яті й пробує знову.</translation>
    </message>
    <message>
        <source>Expressions can not be read. The picture goes on without labels.</source>
        <translation>Вирази облич не вдається розпізнати. Зображення йде далі без підписів.</translation>
    </message>
</context>
<context>
    <name>_Plurals</name>
    <message numerus="yes">
        <source>%n face(s)</source>
        <translation>
            <numerusform>%n обличчя</numerusform>
            <numerusform>%n обличчя</numerusform>
            <numerusform>%n облич</numerusform>
        </translation>
    </message>
</context>
</TS>
