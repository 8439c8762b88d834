<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="uk" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>{path} can not be changed: {error}. Correct it, or move it away.</source>
        <translation>{path} не можна змінити: {error}. Виправте файл або перемістіть його.</translation>
    </message>
    <message>
        <source>The settings can not be saved in {path}: {reason}. Free space or let your user write there, or choose another folder with --data-dir.</source>
        <translation>Не вдалося зберегти налаштування у {path}: {reason}. Звільніть місце, дозвольте своєму користувачеві писати туди або виберіть іншу теку через --data-dir.</translation>
    </message>
    <message>
        <source>{path} can not be moved to {aside}: {reason}.</source>
        <translation>Не вдалося перемістити {path} до {aside}: {reason}.</translation>
    </message>
    <message>
        <source>The settings {path} can not be read: {reason}. Let your user read the file, or choose another folder with --data-dir.</source>
        <translation>Не вдалося прочитати налаштування {path}: {reason}. Дозвольте своєму користувачеві читати файл або виберіть іншу теку через --data-dir.</translation>
    </message>
    <message>
        <source>{path} is no settings file: more than {most:,} bytes. Move it away.</source>
        <translation>{path} не є файлом налаштувань: понад {most:,} байтів. Перемістіть його.</translation>
    </message>
    <message>
        <source>{path}, line {line}: not UTF-8 text. Save it as UTF-8, or move it away.</source>
        <translation>{path}, рядок {line}: це не текст UTF-8. Збережіть його як UTF-8 або перемістіть.</translation>
    </message>
    <message>
        <source>{path} is not TOML: {error}. Correct it, or move it away.</source>
        <translation>{path} не є файлом TOML: {error}. Виправте його або перемістіть.</translation>
    </message>
    <message>
        <source>No camera is called “{spec}”, and no file either. {choices}</source>
        <translation>Немає ні камери, ні файлу з назвою «{spec}». {choices}</translation>
    </message>
    <message>
        <source>Several cameras fit “{spec}”; use a number or a longer name. {choices}</source>
        <translation>До «{spec}» підходить кілька камер; укажіть номер або довшу назву. {choices}</translation>
    </message>
    <message>
        <source>{name} is not plugged in. {choices}</source>
        <translation>{name} не під’єднано. {choices}</translation>
    </message>
    <message>
        <source>There is no camera number {index}. {choices}</source>
        <translation>Немає камери з номером {index}. {choices}</translation>
    </message>
    <message>
        <source>No camera was found: plug one in, or use “demo” as the source.</source>
        <translation>Камери не знайдено: під’єднайте її або виберіть демонстраційний клас.</translation>
    </message>
    <message>
        <source>There are: {cameras}.</source>
        <translation>Є такі: {cameras}.</translation>
    </message>
    <message>
        <source>{name} may not be used: this user has no permission for {device}. Run “sudo usermod -aG video $USER”, then log out and in again.</source>
        <translation>{name} не можна використати: цей користувач не має доступу до {device}. Виконайте «sudo usermod -aG video $USER», вийдіть із системи й увійдіть знову.</translation>
    </message>
    <message>
        <source>{name} gives no picture: most likely another program (a video call, a browser) uses it. Close that program and try again, or plug the camera in again.</source>
        <translation>{name} не дає зображення: найімовірніше, її зайняла інша програма (відеодзвінок, браузер). Закрийте ту програму й спробуйте ще раз або під’єднайте камеру знову.</translation>
    </message>
    <message>
        <source>Settings &gt; Privacy &amp; security &gt; Camera</source>
        <translation>Параметри &gt; Конфіденційність і захист &gt; Камера</translation>
    </message>
    <message>
        <source>System Settings &gt; Privacy &amp; Security &gt; Camera</source>
        <translation>Системні параметри &gt; Приватність і безпека &gt; Камера</translation>
    </message>
    <message>
        <source>{name} gives no picture: most likely another program (a video call, a browser) uses it. Close that program, or allow camera access in {setting}, and try again.</source>
        <translation>{name} не дає зображення: найімовірніше, її зайняла інша програма (відеодзвінок, браузер). Закрийте ту програму або дозвольте доступ до камери тут: {setting}, і спробуйте ще раз.</translation>
    </message>
    <message>
        <source>The demo classroom was closed. Open it again to go on.</source>
        <translation>Демонстраційний клас закрито. Відкрийте його знову, щоб продовжити.</translation>
    </message>
    <message>
        <source>The demo classroom needs {path}, which can not be read. Install Classmood again.</source>
        <translation>Демонстраційному класу потрібен файл {path}, але його не вдалося прочитати. Установіть Classmood ще раз.</translation>
    </message>
    <message>
        <source>None of the {count} pictures in {path} can be read. {error}</source>
        <translation>Жодного з зображень у {path} ({count}) не вдалося прочитати. {error}</translation>
    </message>
    <message>
        <source>{name} was closed. Open it again to go on.</source>
        <translation>{name}: закрито. Відкрийте знову, щоб продовжити.</translation>
    </message>
    <message>
        <source>The folder {folder} can not be read: {reason}.</source>
        <translation>Не вдалося прочитати теку {folder}: {reason}.</translation>
    </message>
    <message>
        <source>The folder {folder} holds no pictures (JPEG, PNG, BMP, GIF, TIFF or WebP). Choose another folder, or one file in it.</source>
        <translation>У теці {folder} немає зображень (JPEG, PNG, BMP, GIF, TIFF або WebP). Виберіть іншу теку або один файл у ній.</translation>
    </message>
    <message>
        <source>The address of the stream is not valid. Write it as rtsp://host:port/path.</source>
        <translation>Адреса потоку неправильна. Напишіть її так: rtsp://host:port/path.</translation>
    </message>
    <message>
        <source>{name} no longer sends pictures. {remedy}</source>
        <translation>{name} більше не надсилає зображень. {remedy}</translation>
    </message>
    <message>
        <source>Check its cable; it is used again as soon as it is back.</source>
        <translation>Перевірте кабель: щойно камера повернеться, її буде використано знову.</translation>
    </message>
    <message>
        <source>Check the network; the connection is made again as soon as it is back.</source>
        <translation>Перевірте мережу: щойно вона повернеться, з’єднання буде відновлено.</translation>
    </message>
    <message>
        <source>The stream {name} can not be opened: nothing answers there, the address or password is wrong, or it sends no video. Check the address and the network, and try it in a media player.</source>
        <translation>Не вдалося відкрити потік {name}: там ніхто не відповідає, адреса чи пароль неправильні або він не передає відео. Перевірте адресу й мережу та спробуйте відкрити його у програвачі.</translation>
    </message>
    <message>
        <source>The stream {name} was opened but sends no pictures. Check that its camera is on.</source>
        <translation>Потік {name} відкрито, але зображень він не надсилає. Перевірте, чи ввімкнено його камеру.</translation>
    </message>
    <message>
        <source>The picture {file} can not be read: {reason}.</source>
        <translation>Не вдалося прочитати зображення {file}: {reason}.</translation>
    </message>
    <message>
        <source>The picture {file} is too large: more than {most} MB. Save it smaller, as JPEG or PNG.</source>
        <translation>Зображення {file} завелике: понад {most} МБ. Збережіть його меншим, у форматі JPEG або PNG.</translation>
    </message>
    <message>
        <source>The picture {file} is empty (0 bytes). Copy it again from where it came.</source>
        <translation>Зображення {file} порожнє (0 байтів). Скопіюйте його ще раз звідти, де воно було.</translation>
    </message>
    <message>
        <source>The picture {file} is too large: {width}x{height}, at most {most} megapixels can be read. Make it smaller first.</source>
        <translation>Зображення {file} завелике: {width}x{height}, а прочитати можна щонайбільше {most} мегапікселів. Спершу зменште його.</translation>
    </message>
    <message>
        <source>The picture {file} is damaged or of a kind that can not be read. Check that another program can show it, and save it as JPEG or PNG.</source>
        <translation>Зображення {file} пошкоджене або його формат не підтримується. Перевірте, чи показує його інша програма, і збережіть його як JPEG або PNG.</translation>
    </message>
    <message>
        <source>this user has no permission to read it; change its permissions or copy it to your own folder</source>
        <translation>цей користувач не має права його читати; змініть права доступу або скопіюйте до своєї теки</translation>
    </message>
    <message>
        <source>it is not there; check the spelling and the folder</source>
        <translation>його там немає; перевірте назву й теку</translation>
    </message>
    <message>
        <source>{reason}; check the disk or network drive it is on</source>
        <translation>{reason}; перевірте диск або мережевий диск, на якому це лежить</translation>
    </message>
    <message>
        <source>There is no file or folder {path}. Check the spelling and the folder it is in.</source>
        <translation>Немає ні файлу, ні теки {path}. Перевірте назву й розташування.</translation>
    </message>
    <message>
        <source>{path} is neither a file nor a folder. Give a video, a picture or a folder.</source>
        <translation>{path} не є ні файлом, ні текою. Виберіть відео, зображення або теку.</translation>
    </message>
    <message>
        <source>“{text}” is no seed for the demo classroom. Write a whole number, as in demo:7.</source>
        <translation>«{text}» не підходить як число для демонстраційного класу. Напишіть ціле число, наприклад demo:7.</translation>
    </message>
    <message>
        <source>{name} is too large: {width}x{height}, at most {most} megapixels can be played. Make it smaller first.</source>
        <translation>{name} завелике: {width}x{height}, відтворити можна щонайбільше {most} мегапікселів. Спершу зменште його.</translation>
    </message>
    <message>
        <source>{name} can not be played: it is damaged, cut off or not a video. Check that a media player shows it, or convert it to MP4.</source>
        <translation>{name} не вдалося відтворити: файл пошкоджений, обірваний або це не відео. Перевірте, чи відкриває його програвач, або перетворіть його на MP4.</translation>
    </message>
    <message>
        <source>The file {path} can not be read: {reason}.</source>
        <translation>Не вдалося прочитати файл {path}: {reason}.</translation>
    </message>
    <message>
        <source>The file {file} is empty (0 bytes). Copy it again from where it came.</source>
        <translation>Файл {file} порожній (0 байтів). Скопіюйте його ще раз звідти, де він був.</translation>
    </message>
    <message>
        <source>Can not write the Excel file: {error}. Free some space, then try again.</source>
        <translation>Не вдалося записати файл Excel: {error}. Звільніть місце й спробуйте ще раз.</translation>
    </message>
    <message>
        <source>An Excel sheet holds {most:,} rows, these sessions have more. Export fewer of them, or choose --format csv or parquet.</source>
        <translation>Аркуш Excel містить щонайбільше {most:,} рядків, а в цих сеансах їх більше. Експортуйте менше сеансів або виберіть формат csv чи parquet.</translation>
    </message>
    <message>
        <source>{path} was written by a newer Classmood (format {version}, this one reads {known}). Update Classmood, then import it again.</source>
        <translation>{path} записала новіша версія Classmood (формат {version}, ця читає {known}). Оновіть Classmood і імпортуйте файл ще раз.</translation>
    </message>
    <message>
        <source>There is no .json file in the folder {path}.</source>
        <translation>У теці {path} немає жодного файлу .json.</translation>
    </message>
    <message>
        <source>{path} is not a file. Name the JSON file that an export wrote.</source>
        <translation>{path} не є файлом. Укажіть файл JSON, створений експортом.</translation>
    </message>
    <message>
        <source>{path} can not be read: {reason}. Is the name right?</source>
        <translation>Не вдалося прочитати {path}: {reason}. Чи правильна назва?</translation>
    </message>
    <message>
        <source>{path} is larger than {size} MB, more than an export writes into one file. Export the sessions into a folder and import that.</source>
        <translation>{path} більший за {size} МБ: стільки експорт в один файл не записує. Експортуйте сеанси до теки та імпортуйте її.</translation>
    </message>
    <message>
        <source> and {count} more</source>
        <translation> та ще {count}</translation>
    </message>
    <message>
        <source>{path} is not an export of Classmood, or is damaged: {shown}{more}. Nothing of it was imported; export it again with: classmood sessions export --format json</source>
        <translation>{path} не є експортом Classmood або пошкоджений: {shown}{more}. Нічого з нього не імпортовано; експортуйте ще раз: classmood sessions export --format json</translation>
    </message>
    <message>
        <source>Can not write {place}: {reason}. Free some space, or choose a folder with --out that your user may write.</source>
        <translation>Не вдалося записати {place}: {reason}. Звільніть місце або виберіть теку, до якої ваш користувач може писати.</translation>
    </message>
    <message>
        <source>The sessions do not fit into one JSON file of {size} MB, the most that can be imported again. Give --out a folder: every session gets a file in it.</source>
        <translation>Сеанси не вміщаються в один файл JSON на {size} МБ, а більший не можна буде імпортувати. Укажіть теку: кожен сеанс отримає в ній свій файл.</translation>
    </message>
    <message>
        <source>These are one and the same session: give different ones.</source>
        <translation>Це той самий сеанс: виберіть різні.</translation>
    </message>
    <message>
        <source>{out} does not say what to write: give a name that ends in .html or .pdf.</source>
        <translation>З назви {out} не видно, що записувати: дайте назву, що закінчується на .html або .pdf.</translation>
    </message>
    <message>
        <source>The report can not be written to {out}: {reason}. Choose a folder that is there and that you may write to.</source>
        <translation>Не вдалося записати звіт до {out}: {reason}. Виберіть теку, яка існує і до якої ви можете писати.</translation>
    </message>
    <message>
        <source>The copy of {file} that is made before an update can not be written: {error}. Free some space and let your user write the folder.</source>
        <translation>Не вдалося записати копію {file}, яку роблять перед оновленням: {error}. Звільніть місце й дозвольте своєму користувачеві писати до теки.</translation>
    </message>
    <message>
        <source>write</source>
        <translation>писати</translation>
    </message>
    <message>
        <source>check the database</source>
        <translation>перевірити базу даних</translation>
    </message>
    <message>
        <source>The database {place} is damaged ({findings}). Keep the file, and put back an older copy or move it elsewhere: Classmood then starts anew.</source>
        <translation>База даних {place} пошкоджена ({findings}). Збережіть файл і поверніть старішу копію або перемістіть його: тоді Classmood почне з порожньої бази.</translation>
    </message>
    <message>
        <source>remove the older copies of the database</source>
        <translation>вилучити старіші копії бази даних</translation>
    </message>
    <message>
        <source>Can not {action} in {place}: it holds values that are not Classmood&apos;s ({error}). It is damaged or was changed by another program; put back a copy.</source>
        <translation>Не вдалося {action} у {place}: там є значення, які записала не Classmood ({error}). База пошкоджена або її змінила інша програма; поверніть копію.</translation>
    </message>
    <message>
        <source>The database&apos;s address in the settings can not be read. It looks like &quot;postgresql+psycopg://user:password@host/name&quot; or &quot;sqlite:////folder/classmood.db&quot;.</source>
        <translation>Адресу бази даних у налаштуваннях не вдалося прочитати. Вона має такий вигляд: &quot;postgresql+psycopg://user:password@host/name&quot; або &quot;sqlite:////folder/classmood.db&quot;.</translation>
    </message>
    <message>
        <source>A database in memory keeps nothing. Give a file: sqlite:////folder/classmood.db</source>
        <translation>База даних у пам’яті нічого не зберігає. Укажіть файл: sqlite:////folder/classmood.db</translation>
    </message>
    <message>
        <source>The database&apos;s address in the settings can not be used: {error}.</source>
        <translation>Адресу бази даних з налаштувань не можна використати: {error}.</translation>
    </message>
    <message>
        <source>The database is a PostgreSQL server, but its driver (psycopg) is not installed. Install it: pip install &apos;classmood[postgresql]&apos;</source>
        <translation>База даних на сервері PostgreSQL, але драйвер (psycopg) не встановлено. Установіть його: pip install &apos;classmood[postgresql]&apos;</translation>
    </message>
    <message>
        <source>No driver for {driver} databases is installed ({error}). Install SQLAlchemy&apos;s driver for it, or use SQLite (leave the setting empty) or PostgreSQL.</source>
        <translation>Драйвер для баз даних {driver} не встановлено ({error}). Установіть драйвер SQLAlchemy для неї або користуйтеся SQLite (залиште поле порожнім) чи PostgreSQL.</translation>
    </message>
    <message>
        <source>another program keeps the database locked</source>
        <translation>базу даних заблокувала інша програма</translation>
    </message>
    <message>
        <source>Close what else has the file open (a second Classmood, a database viewer, a backup), then try again.</source>
        <translation>Закрийте все, що тримає файл відкритим (другу Classmood, переглядач баз даних, резервне копіювання), і спробуйте ще раз.</translation>
    </message>
    <message>
        <source>the database can not be written</source>
        <translation>до бази даних не можна писати</translation>
    </message>
    <message>
        <source>Let your user write the file and its folder, or choose another folder with --data-dir.</source>
        <translation>Дозвольте своєму користувачеві писати до файлу й теки або виберіть іншу теку через --data-dir.</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>на диску немає місця</translation>
    </message>
    <message>
        <source>Free some space; what was recorded until now is kept.</source>
        <translation>Звільніть місце; записане дотепер збережено.</translation>
    </message>
    <message>
        <source>the file is not a database, or is damaged</source>
        <translation>файл не є базою даних або пошкоджений</translation>
    </message>
    <message>
        <source>Put back a copy, or move the file elsewhere: Classmood then starts with an empty database.</source>
        <translation>Поверніть копію або перемістіть файл: тоді Classmood почне з порожньої бази даних.</translation>
    </message>
    <message>
        <source>the database is damaged</source>
        <translation>база даних пошкоджена</translation>
    </message>
    <message>
        <source>Keep the file, and put back an older copy or move it elsewhere: Classmood then starts with an empty database.</source>
        <translation>Збережіть файл і поверніть старішу копію або перемістіть його: тоді Classmood почне з порожньої бази даних.</translation>
    </message>
    <message>
        <source>the file can not be opened or created</source>
        <translation>файл не вдалося відкрити чи створити</translation>
    </message>
    <message>
        <source>Check that its folder exists and your user may write there, or choose another one with --data-dir.</source>
        <translation>Перевірте, чи існує тека і чи може ваш користувач до неї писати, або виберіть іншу через --data-dir.</translation>
    </message>
    <message>
        <source>the disk reports an error</source>
        <translation>диск повідомляє про помилку</translation>
    </message>
    <message>
        <source>Check that the disk is not full, connected and healthy; what was recorded until now is kept.</source>
        <translation>Перевірте, чи диск не заповнений, під’єднаний і справний; записане дотепер збережено.</translation>
    </message>
    <message>
        <source>Can not {action} in {place}: {cause}.</source>
        <translation>Не вдалося {action} у {place}: {cause}.</translation>
    </message>
    <message>
        <source>Can not {action} in {place}: {cause}. Check the folder, or choose another one with --data-dir.</source>
        <translation>Не вдалося {action} у {place}: {cause}. Перевірте теку або виберіть іншу через --data-dir.</translation>
    </message>
    <message>
        <source>Can not {action} in {place}: {cause}. {remedy}</source>
        <translation>Не вдалося {action} у {place}: {cause}. {remedy}</translation>
    </message>
    <message>
        <source>Can not {action} in {place}: {cause}. The file may be damaged or not Classmood&apos;s.</source>
        <translation>Не вдалося {action} у {place}: {cause}. Можливо, файл пошкоджений або належить не Classmood.</translation>
    </message>
    <message>
        <source>Can not {action} in {place}: {cause}. Check that the database server runs and can be reached, and the address, user and password in the settings.</source>
        <translation>Не вдалося {action} у {place}: {cause}. Перевірте, чи працює сервер бази даних і чи він доступний, а також адресу, користувача й пароль у налаштуваннях.</translation>
    </message>
    <message>
        <source>The session {id} does not wait here any more.</source>
        <translation>Сеанс {id} вже не чекає тут.</translation>
    </message>
    <message>
        <source>The database belongs to another program: its tables are not Classmood&apos;s. Check the address in the settings, or move the file elsewhere.</source>
        <translation>База даних належить іншій програмі: її таблиці не від Classmood. Перевірте адресу в налаштуваннях або перемістіть файл.</translation>
    </message>
    <message>
        <source>The database has version {version}, this Classmood reads {known}: it was written by a newer Classmood. Install that one, or choose another folder with --data-dir.</source>
        <translation>База даних має версію {version}, а ця Classmood читає {known}: її записала новіша Classmood. Установіть новішу або виберіть іншу теку через --data-dir.</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>невідома</translation>
    </message>
    <message>
        <source>begin a session</source>
        <translation>почати сеанс</translation>
    </message>
    <message>
        <source>store the lesson</source>
        <translation>зберегти урок</translation>
    </message>
    <message>
        <source>end the session</source>
        <translation>завершити сеанс</translation>
    </message>
    <message>
        <source>store the marker</source>
        <translation>зберегти позначку</translation>
    </message>
    <message>
        <source>store the markers</source>
        <translation>зберегти позначки</translation>
    </message>
    <message>
        <source>store the session</source>
        <translation>зберегти сеанс</translation>
    </message>
    <message>
        <source>read the sessions</source>
        <translation>прочитати сеанси</translation>
    </message>
    <message>
        <source>Give at least the first {least} characters of the session&apos;s id.</source>
        <translation>Укажіть принаймні перші {least} символи ідентифікатора сеансу.</translation>
    </message>
    <message>
        <source>read the session</source>
        <translation>прочитати сеанс</translation>
    </message>
    <message>
        <source>More than one session begins with &quot;{prefix}&quot;: give more of its id.</source>
        <translation>З &quot;{prefix}&quot; починається більш ніж один сеанс: укажіть більше символів.</translation>
    </message>
    <message>
        <source>There is no session &quot;{prefix}&quot; in {place}. See &quot;classmood sessions list&quot;.</source>
        <translation>Немає сеансу &quot;{prefix}&quot; у {place}. Див. &quot;classmood sessions list&quot;.</translation>
    </message>
    <message>
        <source>The session {id} is not in {place} (any more).</source>
        <translation>Сеансу {id} немає (або вже немає) у {place}.</translation>
    </message>
    <message>
        <source>read the segments</source>
        <translation>прочитати частини сеансів</translation>
    </message>
    <message>
        <source>delete the session</source>
        <translation>видалити сеанс</translation>
    </message>
    <message>
        <source>delete the sessions</source>
        <translation>видалити сеанси</translation>
    </message>
    <message>
        <source>open the database</source>
        <translation>відкрити базу даних</translation>
    </message>
    <message>
        <source>sum up the segments</source>
        <translation>підсумувати сегменти</translation>
    </message>
    <message>
        <source>change the tables</source>
        <translation>змінити таблиці</translation>
    </message>
    <message>
        <source>, a copy is in {copy}</source>
        <translation>, копія лежить у {copy}</translation>
    </message>
    <message>
        <source>The database {place} is of an older Classmood (version {version}) and could not be brought to version {known}; it is as it was before{kept}. {error}</source>
        <translation>База даних {place} від старішої Classmood (версія {version}), і її не вдалося оновити до версії {known}; вона лишилася, як була{kept}. {error}</translation>
    </message>
    <message>
        <source>{count} rows would belong to no session.</source>
        <translation>Рядків, що не належали б жодному сеансу: {count}.</translation>
    </message>
    <message>
        <source>Reading the faces failed unexpectedly. The log file has the details.</source>
        <translation>Розпізнавання облич несподівано зупинилося. Подробиці — у файлі журналу.</translation>
    </message>
    <message>
        <source>Reading the picture failed unexpectedly. The log file has the details.</source>
        <translation>Читання зображення несподівано зупинилося. Подробиці — у файлі журналу.</translation>
    </message>
    <message>
        <source>The picture of {name} is black. Open its shutter or take off its cap.</source>
        <translation>Зображення з {name} чорне. Відкрийте шторку або зніміть кришку з камери.</translation>
    </message>
    <message>
        <source>The picture of {name} stands still. If it stays so, plug the camera in again.</source>
        <translation>Зображення з {name} завмерло. Якщо так і лишиться, під&apos;єднайте камеру знову.</translation>
    </message>
    <message>
        <source>The database does not answer. Check that its disk or server can be reached.</source>
        <translation>База даних не відповідає. Перевірте, чи доступний її диск або сервер.</translation>
    </message>
    <message>
        <source>{name} gives no picture.</source>
        <translation>{name} не дає зображення.</translation>
    </message>
    <message>
        <source>This failed unexpectedly. The log file has the details.</source>
        <translation>Сталася несподівана помилка. Подробиці — у файлі журналу.</translation>
    </message>
    <message>
        <source>Saving failed unexpectedly. The log file has the details.</source>
        <translation>Збереження несподівано зупинилося. Подробиці — у файлі журналу.</translation>
    </message>
    <message>
        <source>Cannot use a picture of type {type}, shape {shape}: give 8-bit pixels.</source>
        <translation>Зображення типу {type} розміром {shape} не підходить: потрібні 8-бітові пікселі.</translation>
    </message>
    <message>
        <source>Cannot use a picture of shape {shape}: give grey, BGR or BGRA.</source>
        <translation>Зображення розміром {shape} не підходить: потрібне сіре, BGR або BGRA.</translation>
    </message>
    <message>
        <source>There is no face detector called “{name}”. Choose one of: {names}.</source>
        <translation>Немає детектора облич з назвою «{name}». Виберіть один із: {names}.</translation>
    </message>
    <message>
        <source>Cannot copy {file} to {target} ({reason}). Free some space.</source>
        <translation>Не вдалося скопіювати {file} до {target} ({reason}). Звільніть місце.</translation>
    </message>
    <message>
        <source>The face cascade {path} can not be read ({reason}). Install opencv-python again.</source>
        <translation>Не вдалося прочитати каскад облич {path} ({reason}). Установіть opencv-python ще раз.</translation>
    </message>
    <message>
        <source>The face cascade {path} is damaged. Install opencv-python again.</source>
        <translation>Каскад облич {path} пошкоджений. Установіть opencv-python ще раз.</translation>
    </message>
    <message>
        <source>The YuNet face detector is not there yet: {path} is missing. Run “classmood download yunet”, or put the file from {url} there.</source>
        <translation>Детектора облич YuNet ще немає: бракує {path}. Завантажте його в налаштуваннях аналізу (або командою «classmood download yunet») чи покладіть туди файл з {url}.</translation>
    </message>
    <message>
        <source>The face detector {path} can not be read ({reason}).</source>
        <translation>Не вдалося прочитати детектор облич {path} ({reason}).</translation>
    </message>
    <message>
        <source>{path} is not the YuNet face detector, or is damaged. Run “classmood download yunet”.</source>
        <translation>{path} не є детектором облич YuNet або пошкоджений. Завантажте його в налаштуваннях аналізу чи командою «classmood download yunet».</translation>
    </message>
    <message>
        <source>{url} was not downloaded: only https addresses are.</source>
        <translation>{url} не завантажено: дозволено лише адреси https.</translation>
    </message>
    <message>
        <source>Cannot write into {target_dir} ({reason}). Choose another data folder.</source>
        <translation>Не вдалося писати до {target_dir} ({reason}). Виберіть іншу теку для даних.</translation>
    </message>
    <message>
        <source>{file} could not be downloaded from {url}: {reason}. Check the network and try again, or put the file there by hand.</source>
        <translation>Не вдалося завантажити {file} з {url}: {reason}. Перевірте мережу й спробуйте ще раз або покладіть файл туди самостійно.</translation>
    </message>
    <message>
        <source>What {url} sent is not the file that was expected (size or SHA-256 differ), so it was thrown away. A proxy or login page may stand in between; try again from another network.</source>
        <translation>Адреса {url} надіслала не той файл (інший розмір або SHA-256), тому його відкинуто. Можливо, заважає проксі або сторінка входу; спробуйте з іншої мережі.</translation>
    </message>
    <message>
        <source>Cannot write {target} ({reason}). Free some space and try again.</source>
        <translation>Не вдалося записати {target} ({reason}). Звільніть місце й спробуйте ще раз.</translation>
    </message>
    <message>
        <source>emotion model</source>
        <translation>модель емоцій</translation>
    </message>
    <message>
        <source>The emotion model {model_path} gives no probabilities. {remedy}</source>
        <translation>Модель емоцій {model_path} не дає ймовірностей. {remedy}</translation>
    </message>
    <message>
        <source>Cannot classify a face of shape {shape}: cut it with cut_face first.</source>
        <translation>Обличчя розміром {shape} не можна розпізнати: спершу виріжте його через cut_face.</translation>
    </message>
    <message>
        <source>Cannot cut a face out of the empty box {box}.</source>
        <translation>З порожньої рамки {box} не можна вирізати обличчя.</translation>
    </message>
    <message>
        <source>{path} is not an emotion model of this program: {problem}. {remedy}</source>
        <translation>{path} не є моделлю емоцій цієї програми: {problem}. {remedy}</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>немає дозволу</translation>
    </message>
    <message>
        <source>Operation not permitted</source>
        <translation>дія не дозволена</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>немає такого файлу чи теки</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>це не тека</translation>
    </message>
    <message>
        <source>there is a folder of this name</source>
        <translation>є тека з такою назвою</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>диск доступний лише для читання</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>на диску немає місця</translation>
    </message>
    <message>
        <source>File name too long</source>
        <translation>назва файлу задовга</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>помилка читання чи запису</translation>
    </message>
    <message>
        <source>nobody answers there</source>
        <translation>там ніхто не відповідає</translation>
    </message>
    <message>
        <source>it took too long</source>
        <translation>це тривало надто довго</translation>
    </message>
    <message>
        <source>there is no way there: is this computer in the network?</source>
        <translation>туди немає шляху: чи під’єднано комп’ютер до мережі?</translation>
    </message>
    <message>
        <source>no computer of this name is known: is the network there, is the name right?</source>
        <translation>комп’ютера з такою назвою не знайдено: чи є мережа, чи правильна назва?</translation>
    </message>
    <message>
        <source>face detector</source>
        <translation>детектор облич</translation>
    </message>
    <message>
        <source>The {what} {model_path} can not be run. {remedy}</source>
        <translation>Не вдалося запустити: {what} {model_path}. {remedy}</translation>
    </message>
    <message>
        <source>face check</source>
        <translation>перевірка облич</translation>
    </message>
    <message>
        <source>{path} is not a {what} of this program ({problem}). {remedy}</source>
        <translation>{path} — не {what} цієї програми ({problem}). {remedy}</translation>
    </message>
    <message>
        <source>Put the model file of this program&apos;s release back in its place.</source>
        <translation>Поверніть на місце файл моделі з цього випуску програми.</translation>
    </message>
    <message>
        <source>The {what} {path} is missing. {remedy}</source>
        <translation>Бракує файлу: {what} {path}. {remedy}</translation>
    </message>
    <message>
        <source>The {what} {path} can not be read ({reason}). {remedy}</source>
        <translation>Не вдалося прочитати: {what} {path} ({reason}). {remedy}</translation>
    </message>
    <message>
        <source>The {what} {path} is empty. {remedy}</source>
        <translation>Файл порожній: {what} {path}. {remedy}</translation>
    </message>
    <message>
        <source>The {what} {path} is damaged: SHA256SUMS beside it describes another file. {remedy}</source>
        <translation>Файл пошкоджений: {what} {path}; SHA256SUMS поруч описує інший файл. {remedy}</translation>
    </message>
    <message>
        <source>The {what} {path} is cut off or no ONNX file. {remedy}</source>
        <translation>Файл обірваний або не ONNX: {what} {path}. {remedy}</translation>
    </message>
    <message>
        <source>The database stays the same until the session is saved.</source>
        <translation>База даних лишається тією самою, доки сеанс не збережено.</translation>
    </message>
    <message>
        <source>Sessions are kept in {place} from now on.</source>
        <translation>Відтепер сеанси зберігаються тут: {place}.</translation>
    </message>
    <message>
        <source>{name} names no model of a registry. Give for example models:/emotion@champion.</source>
        <translation>{name} не називає моделі реєстру. Вкажіть, наприклад, models:/emotion@champion.</translation>
    </message>
    <message>
        <source>{name} is a model of a registry, and the settings name none. Write its address into the settings file, in section [model]: registry = &quot;http://SERVER:5000&quot;.</source>
        <translation>{name} — модель реєстру, а в налаштуваннях реєстру не вказано. Запишіть його адресу у файл налаштувань, у розділ [model]: registry = &quot;http://SERVER:5000&quot;.</translation>
    </message>
    <message>
        <source>The registry&apos;s model of an earlier day is used (version {version}). {reason}</source>
        <translation>Використовується модель реєстру, завантажена раніше (версія {version}). {reason}</translation>
    </message>
    <message>
        <source>The built-in model is used instead of the registry&apos;s. {reason}</source>
        <translation>Замість моделі реєстру використовується вбудована. {reason}</translation>
    </message>
    <message>
        <source>{registry} is no address of a registry: it must begin with http:// or https://. A registry in a file is served by `mlflow server`.</source>
        <translation>{registry} не є адресою реєстру: вона має починатися з http:// або https://. Реєстр у файлі надає `mlflow server`.</translation>
    </message>
    <message>
        <source>What {registry} sent is not the model that was registered (its SHA-256 differs). Register it again.</source>
        <translation>{registry} надіслав не ту модель, яку було зареєстровано (SHA-256 відрізняється). Зареєструйте її знову.</translation>
    </message>
    <message>
        <source>{uri} names no model of a registry. Give for example models:/emotion@champion.</source>
        <translation>{uri} не називає моделі реєстру. Вкажіть, наприклад, models:/emotion@champion.</translation>
    </message>
    <message>
        <source>{registry} answers, but not as an MLflow registry does. Check the address.</source>
        <translation>{registry} відповідає, але не так, як реєстр MLflow. Перевірте адресу.</translation>
    </message>
    <message>
        <source>{uri} of {registry} was registered without its SHA-256, so it can not be checked. Register it with `python -m training register`.</source>
        <translation>{uri} у {registry} зареєстровано без SHA-256, тому модель не можна перевірити. Зареєструйте її командою `python -m training register`.</translation>
    </message>
    <message>
        <source>The registry does not have the model ({address}). Register one and promote it.</source>
        <translation>У реєстрі немає цієї моделі ({address}). Зареєструйте модель і підвищте її.</translation>
    </message>
    <message>
        <source>What {address} sends is too large for a model.</source>
        <translation>{address} надсилає завелике для моделі.</translation>
    </message>
    <message>
        <source>The registry does not give the model ({address}): {reason}.</source>
        <translation>Реєстр не віддає моделі ({address}): {reason}.</translation>
    </message>
    <message>
        <source>Cannot write {path} ({reason}). Free some space and try again.</source>
        <translation>Не вдається записати {path} ({reason}). Звільніть місце та спробуйте ще раз.</translation>
    </message>
    <message>
        <source>A session is being recorded right now. End it first, then delete.</source>
        <translation>Саме зараз записується сеанс. Спершу завершіть його, потім видаляйте.</translation>
    </message>
    <message>
        <source>This session is being recorded right now. End it first, then delete it.</source>
        <translation>Цей сеанс саме зараз записується. Спершу завершіть його, потім видаляйте.</translation>
    </message>
</context>
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
        <source>Models: {names}</source>
        <translation>Моделі: {names}</translation>
    </message>
    <message>
        <source>What it is</source>
        <translation>Що це</translation>
    </message>
    <message>
        <source>Where it is prohibited</source>
        <translation>Де це заборонено</translation>
    </message>
    <message>
        <source>Licence and source</source>
        <translation>Ліцензія і початковий код</translation>
    </message>
    <message>
        <source>Shows a teacher how a class feels during a lesson, as class-level statistics of facial expressions. A label is a guess about an expression, not a feeling.</source>
        <translation>Показує вчителеві настрій класу під час уроку: статистику виразів облич для класу загалом. Підпис — це здогад про вираз обличчя, а не почуття.</translation>
    </message>
    <message>
        <source>In the European Union, emotion recognition in schools and at workplaces is prohibited by Article 5(1)(f) of the AI Act, with or without consent, medical or safety reasons aside. Use Classmood only where it is allowed.</source>
        <translation>У Європейському Союзі розпізнавання емоцій у школах і на робочих місцях заборонено статтею 5(1)(f) Акта про штучний інтелект, зі згодою чи без неї, крім медичних причин і безпеки. Користуйтеся Classmood лише там, де це дозволено.</translation>
    </message>
    <message>
        <source>Free software under the GNU Affero General Public License, version 3 or later: you may use, study, change and pass it on under the same terms. It comes without any warranty.</source>
        <translation>Вільна програма під ліцензією GNU Affero General Public License версії 3 або новішої: її можна використовувати, вивчати, змінювати й передавати далі на тих самих умовах. Вона надається без жодних гарантій.</translation>
    </message>
    <message>
        <source>The complete source code of this version lies beside the program, in {file}.</source>
        <translation>Повний початковий код цієї версії лежить поряд із програмою, у файлі {file}.</translation>
    </message>
    <message>
        <source>The source code of this version, {version}, is published at {address}</source>
        <translation>Початковий код цієї версії, {version}, опубліковано за адресою {address}</translation>
    </message>
    <message>
        <source>You are running it from its source code, in {folder}</source>
        <translation>Ви запускаєте її з початкового коду в теці {folder}</translation>
    </message>
    <message>
        <source>Whoever gave you this program gives you its complete source code when you ask.</source>
        <translation>Той, хто дав вам цю програму, на ваше прохання дасть і її повний початковий код.</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Скопійовано</translation>
    </message>
    <message>
        <source>Built with {list}.</source>
        <translation>Створено з {list}.</translation>
    </message>
    <message>
        <source>Licences…</source>
        <translation>Ліцензії…</translation>
    </message>
    <message>
        <source>Source code</source>
        <translation>Початковий код</translation>
    </message>
    <message>
        <source>Copy versions</source>
        <translation>Копіювати версії</translation>
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
        <translation>Відкрити теку зображень…</translation>
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
        <source>Quiet: read faces only five times a second</source>
        <translation>Тихий режим: читати обличчя лише п’ять разів на секунду</translation>
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
        <source>History</source>
        <translation>Історія</translation>
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
        <source>Self-check</source>
        <translation>Самоперевірка</translation>
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
        <source>Quiet</source>
        <translation>Тихий режим</translation>
    </message>
    <message>
        <source>Read faces only five times a second, for a computer that is to stay cool and silent. The picture follows at that pace; the figures of a lesson stay right.</source>
        <translation>Читати обличчя лише п’ять разів на секунду, щоб комп’ютер не грівся й не шумів. Зображення йде в тому ж темпі; показники уроку лишаються правильними.</translation>
    </message>
    <message>
        <source>Longer: calmer labels that follow a change later.</source>
        <translation>Довше: підписи спокійніші, але пізніше реагують на зміну.</translation>
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
        <translation>Камера, шлях до відео, зображення чи теки або адреса потоку (rtsp:// чи http://).</translation>
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
    <name>Charts</name>
    <message>
        <source>no faces</source>
        <translation>немає облич</translation>
    </message>
    <message>
        <source>Shares of the expressions read, from left to right in the order of the key.</source>
        <translation>Частки розпізнаних виразів, зліва направо в порядку легенди.</translation>
    </message>
    <message>
        <source>Shares of emotions</source>
        <translation>Частки емоцій</translation>
    </message>
    <message>
        <source>not enough data</source>
        <translation>замало даних</translation>
    </message>
    <message>
        <source>{value} ({low} to {high})</source>
        <translation>{value} (від {low} до {high})</translation>
    </message>
</context>
<context>
    <name>CompareMenu</name>
    <message numerus="yes">
        <source>The %n selected session(s)</source>
        <translation>
            <numerusform>%n вибраний сеанс</numerusform>
            <numerusform>%n вибрані сеанси</numerusform>
            <numerusform>%n вибраних сеансів</numerusform>
        </translation>
    </message>
    <message>
        <source>The selected sessions (select them with Ctrl or Shift)</source>
        <translation>Вибрані сеанси (вибирайте з Ctrl або Shift)</translation>
    </message>
    <message numerus="yes">
        <source>The %n session(s) on the list, over time</source>
        <translation>
            <numerusform>%n сеанс зі списку, з часом</numerusform>
            <numerusform>%n сеанси зі списку, з часом</numerusform>
            <numerusform>%n сеансів зі списку, з часом</numerusform>
        </translation>
    </message>
    <message>
        <source>Teachers over time</source>
        <translation>Учителі з часом</translation>
    </message>
    <message>
        <source>Groups over time</source>
        <translation>Класи з часом</translation>
    </message>
    <message>
        <source>Courses over time</source>
        <translation>Предмети з часом</translation>
    </message>
    <message>
        <source>Activities, over all sessions</source>
        <translation>Етапи в усіх сеансах</translation>
    </message>
</context>
<context>
    <name>ComparisonPage</name>
    <message>
        <source>Mood of classes: comparison</source>
        <translation>Настрій класів: порівняння</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>Уроків</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation>Щось пішло не так</translation>
    </message>
    <message>
        <source>Classmood met an error that nobody expected. What was recorded so far is saved.</source>
        <translation>У Classmood сталася помилка, якої ніхто не чекав. Усе записане досі збережено.</translation>
    </message>
    <message>
        <source>The session is still being recorded.</source>
        <translation>Сеанс і далі записується.</translation>
    </message>
    <message>
        <source>The details name no person and hold no picture. They help to repair it; they are also in {file}</source>
        <translation>У подробицях немає ні імен, ні зображень. Вони допоможуть це виправити; вони є і у файлі {file}</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Копіювати подробиці</translation>
    </message>
    <message>
        <source>Close Classmood</source>
        <translation>Закрити Classmood</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Далі</translation>
    </message>
    <message>
        <source>Show details</source>
        <translation>Показати подробиці</translation>
    </message>
    <message>
        <source>Hide details</source>
        <translation>Сховати подробиці</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Скопійовано</translation>
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
        <translation>Відкрити теку зображень</translation>
    </message>
    <message>
        <source>Open a stream</source>
        <translation>Відкрити потік</translation>
    </message>
    <message>
        <source>Address of the stream (rtsp:// or http://):</source>
        <translation>Адреса потоку (rtsp:// або http://):</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Відкрити</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n session(s) for good?</source>
        <translation>
            <numerusform>Видалити %n сеанс назавжди?</numerusform>
            <numerusform>Видалити %n сеанси назавжди?</numerusform>
            <numerusform>Видалити %n сеансів назавжди?</numerusform>
        </translation>
    </message>
    <message>
        <source>This can not be undone.</source>
        <translation>Цього не можна скасувати.</translation>
    </message>
    <message>
        <source>Delete all sessions for good?</source>
        <translation>Видалити всі сеанси назавжди?</translation>
    </message>
    <message>
        <source>Also on the database server, if the settings name one. This can not be undone.</source>
        <translation>Також на сервері бази даних, якщо його вказано в налаштуваннях. Скасувати це неможливо.</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Залишити</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Видалити</translation>
    </message>
    <message>
        <source>Excel</source>
        <translation>Excel</translation>
    </message>
    <message>
        <source>CSV tables</source>
        <translation>Таблиці CSV</translation>
    </message>
    <message>
        <source>For another Classmood</source>
        <translation>Для іншого Classmood</translation>
    </message>
    <message>
        <source>Parquet tables</source>
        <translation>Таблиці Parquet</translation>
    </message>
    <message>
        <source>Export sessions</source>
        <translation>Експорт сеансів</translation>
    </message>
    <message>
        <source>Save the session elsewhere</source>
        <translation>Зберегти сеанс в іншому місці</translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>Сеанси</translation>
    </message>
    <message>
        <source>The end of the session is not saved: the database does not take it.</source>
        <translation>Кінець сеансу не збережено: база даних його не приймає.</translation>
    </message>
    <message>
        <source>It is lost when you close now without saving it elsewhere.</source>
        <translation>Його буде втрачено, якщо закрити зараз і не зберегти його в іншому місці.</translation>
    </message>
    <message>
        <source>Save elsewhere…</source>
        <translation>Зберегти в іншому місці…</translation>
    </message>
    <message>
        <source>Close all the same</source>
        <translation>Усе одно закрити</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>Залишитися</translation>
    </message>
    <message>
        <source>Exported sessions</source>
        <translation>Експортовані сеанси</translation>
    </message>
    <message>
        <source>Import sessions</source>
        <translation>Імпорт сеансів</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>Web page</source>
        <translation>Вебсторінка</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>Зберегти звіт</translation>
    </message>
    <message>
        <source>The changes of the timeline are not saved.</source>
        <translation>Зміни на шкалі часу не збережено.</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Зберегти</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Відкинути</translation>
    </message>
    <message>
        <source>Go on editing</source>
        <translation>Редагувати далі</translation>
    </message>
    <message>
        <source>Model files</source>
        <translation>Файли моделей</translation>
    </message>
    <message>
        <source>Use a model file</source>
        <translation>Узяти файл моделі</translation>
    </message>
</context>
<context>
    <name>EraseRow</name>
    <message>
        <source>Delete everything…</source>
        <translation>Видалити все…</translation>
    </message>
    <message>
        <source>All sessions, copies and logs. Settings stay, and so does what you saved elsewhere.</source>
        <translation>Усі сеанси, копії та журнали. Налаштування залишаються, як і те, що ви зберегли деінде.</translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) deleted.</source>
        <translation>
            <numerusform>Видалено %n сеанс.</numerusform>
            <numerusform>Видалено %n сеанси.</numerusform>
            <numerusform>Видалено %n сеансів.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Findings</name>
    <message>
        <source>Nothing was recorded in this session.</source>
        <translation>У цьому сеансі нічого не записано.</translation>
    </message>
    <message>
        <source>No face was found in this session: nothing can be said about the mood.</source>
        <translation>У цьому сеансі не знайдено жодного обличчя: про настрій нічого сказати не можна.</translation>
    </message>
    <message>
        <source>Faces were found in fewer than {seconds} seconds: too few to say anything about the mood.</source>
        <translation>Обличчя знайдено менш ніж у {seconds} секундах: замало, щоб сказати щось про настрій.</translation>
    </message>
    <message>
        <source>The expressions read over the whole lesson were mostly {most}, then {second}; the mood index was {mood}.</source>
        <translation>Найчастіші вирази за весь урок: {most}, далі {second}; індекс настрою {mood}.</translation>
    </message>
    <message numerus="yes">
        <source>%n further pair(s): see the table.</source>
        <translation>
            <numerusform>Ще %n пара — у таблиці.</numerusform>
            <numerusform>Ще %n пари — у таблиці.</numerusform>
            <numerusform>Ще %n пар — у таблиці.</numerusform>
        </translation>
    </message>
    <message>
        <source>Faces looked happier during {a} than during {b}: happy expressions {happy} percentage points, mood index {mood}.</source>
        <translation>У частині {a} обличчя мали радісніший вигляд, ніж у частині {b}: радісні вирази {happy} відсоткових пунктів, індекс настрою {mood}.</translation>
    </message>
    <message>
        <source>The mood index was higher during {a} than during {b}: mood index {mood}, happy expressions {happy} percentage points.</source>
        <translation>У частині {a} індекс настрою був вищий, ніж у частині {b}: індекс настрою {mood}, радісні вирази {happy} відсоткових пунктів.</translation>
    </message>
    <message>
        <source>No clear difference of mood between {a} and {b}: mood index {mood}, happy expressions {happy} percentage points. Either there is none, or the lesson was too short to show it.</source>
        <translation>Виразної різниці настрою між частинами {a} і {b} немає: індекс настрою {mood}, радісні вирази {happy} відсоткових пунктів. Або її нема, або урок закороткий, щоб її показати.</translation>
    </message>
    <message numerus="yes">
        <source>Not enough data for {kind}: %n second(s) with faces, at least {least} are needed.</source>
        <translation>
            <numerusform>Замало даних для частини {kind}: %n секунда з обличчями, потрібно щонайменше {least}.</numerusform>
            <numerusform>Замало даних для частини {kind}: %n секунди з обличчями, потрібно щонайменше {least}.</numerusform>
            <numerusform>Замало даних для частини {kind}: %n секунд з обличчями, потрібно щонайменше {least}.</numerusform>
        </translation>
    </message>
    <message>
        <source>“{kind}”</source>
        <translation>«{kind}»</translation>
    </message>
</context>
<context>
    <name>GroupPage</name>
    <message>
        <source>Lessons by teacher</source>
        <translation>Уроки за вчителями</translation>
    </message>
    <message>
        <source>Lessons by group</source>
        <translation>Уроки за класами</translation>
    </message>
    <message>
        <source>Lessons by course</source>
        <translation>Уроки за предметами</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>Учитель</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Клас</translation>
    </message>
    <message>
        <source>Course</source>
        <translation>Предмет</translation>
    </message>
    <message>
        <source>No lesson with enough faces is recorded yet.</source>
        <translation>Ще не записано жодного уроку, де було б досить облич.</translation>
    </message>
    <message>
        <source>{name}: the mood index rose over time, per {days} days by {slope}.</source>
        <translation>{name}: індекс настрою з часом зростав, за {days} днів на {slope}.</translation>
    </message>
    <message>
        <source>{name}: the mood index fell over time, per {days} days by {slope}.</source>
        <translation>{name}: індекс настрою з часом знижувався, зміна за {days} днів {slope}.</translation>
    </message>
    <message>
        <source>{name}: no clear change of the mood index over time, per {days} days {slope}.</source>
        <translation>{name}: виразної зміни індексу настрою в часі немає, за {days} днів {slope}.</translation>
    </message>
    <message>
        <source>In brackets: 95 % interval.</source>
        <translation>У дужках: 95 % довірчий інтервал.</translation>
    </message>
    <message>
        <source>Mood index over time</source>
        <translation>Індекс настрою в часі</translation>
    </message>
    <message>
        <source>The chart shows the {shown} with most lessons; the table has all {all}.</source>
        <translation>На графіку показано перші {shown} за кількістю уроків; у таблиці є всі {all}.</translation>
    </message>
    <message>
        <source>lessons</source>
        <translation>уроків</translation>
    </message>
    <message>
        <source>mood index</source>
        <translation>індекс настрою</translation>
    </message>
    <message>
        <source>change in {days} days</source>
        <translation>зміна за {days} днів</translation>
    </message>
    <message>
        <source>Means over lessons, below each its 95 % interval (Student&apos;s t, each lesson counts once); from {least} lessons on. Shares in percent.</source>
        <translation>Середні за уроками, під кожним — 95 % довірчий інтервал (t Стьюдента, кожен урок рахується раз); від {least} уроків. Частки у відсотках.</translation>
    </message>
    <message>
        <source>Means and trends</source>
        <translation>Середні та тенденції</translation>
    </message>
    <message>
        <source>The table shows the first {shown} of {all}.</source>
        <translation>У таблиці перші {shown} з {all}.</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>не вказано</translation>
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
    <name>HistoryErrands</name>
    <message>
        <source>Exported to {files}</source>
        <translation>Експортовано до {files}</translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) imported.</source>
        <translation>
            <numerusform>Імпортовано %n сеанс.</numerusform>
            <numerusform>Імпортовано %n сеанси.</numerusform>
            <numerusform>Імпортовано %n сеансів.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) were here already.</source>
        <translation>
            <numerusform>%n сеанс уже був тут.</numerusform>
            <numerusform>%n сеанси вже були тут.</numerusform>
            <numerusform>%n сеансів уже було тут.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryFilters</name>
    <message>
        <source>Search</source>
        <translation>Пошук</translation>
    </message>
    <message>
        <source>Search in course, group, teacher, note and date</source>
        <translation>Пошук за предметом, класом, учителем, приміткою та датою</translation>
    </message>
    <message>
        <source>Course</source>
        <translation>Предмет</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Клас</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>Учитель</translation>
    </message>
    <message>
        <source>All courses</source>
        <translation>Усі предмети</translation>
    </message>
    <message>
        <source>All groups</source>
        <translation>Усі класи</translation>
    </message>
    <message>
        <source>All teachers</source>
        <translation>Усі вчителі</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>Будь-коли</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Сьогодні</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Останні 7 днів</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Останні 30 днів</translation>
    </message>
    <message>
        <source>Last 365 days</source>
        <translation>Останні 365 днів</translation>
    </message>
    <message>
        <source>Choose dates</source>
        <translation>Вибрати дати</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Дата</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Від</translation>
    </message>
    <message>
        <source>To</source>
        <translation>До</translation>
    </message>
    <message>
        <source>First day</source>
        <translation>Перший день</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>Останній день</translation>
    </message>
</context>
<context>
    <name>HistoryWindow</name>
    <message>
        <source>Reading the sessions…</source>
        <translation>Читання сеансів…</translation>
    </message>
    <message>
        <source>No session fits.</source>
        <translation>Жоден сеанс не підходить.</translation>
    </message>
    <message>
        <source>No session is stored yet. Start one in the main window: it appears here.</source>
        <translation>Ще немає жодного збереженого сеансу. Почніть сеанс у головному вікні, і він з’явиться тут.</translation>
    </message>
    <message numerus="yes">
        <source>%n session(s)</source>
        <translation>
            <numerusform>%n сеанс</numerusform>
            <numerusform>%n сеанси</numerusform>
            <numerusform>%n сеансів</numerusform>
        </translation>
    </message>
    <message>
        <source>{shown} of {all}</source>
        <translation>Показано {shown}, усього {all}</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Історія</translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>Сеанси</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Показати всі</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Звіт</translation>
    </message>
    <message>
        <source>Timeline…</source>
        <translation>Шкала часу…</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Порівняти</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Імпорт…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Експорт…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Видалити</translation>
    </message>
    <message>
        <source>Show the report of the selected session (Enter)</source>
        <translation>Показати звіт про вибраний сеанс (Enter)</translation>
    </message>
    <message>
        <source>Correct the activities of the selected session</source>
        <translation>Виправити етапи вибраного сеансу</translation>
    </message>
    <message>
        <source>Compare the selected sessions, those on the list, or all</source>
        <translation>Порівняти вибрані сеанси, сеанси зі списку або всі</translation>
    </message>
    <message>
        <source>Bring in sessions that another Classmood exported (JSON)</source>
        <translation>Додати сеанси, які експортувала інша Classmood (JSON)</translation>
    </message>
    <message>
        <source>Write the selected sessions to a file</source>
        <translation>Записати вибрані сеанси до файла</translation>
    </message>
    <message>
        <source>Delete the selected sessions for good (Del)</source>
        <translation>Видалити вибрані сеанси назавжди (Del)</translation>
    </message>
</context>
<context>
    <name>KindPage</name>
    <message>
        <source>Kinds of segments over all lessons</source>
        <translation>Види роботи за всіма уроками</translation>
    </message>
    <message>
        <source>No lesson has marked segments with enough faces yet.</source>
        <translation>Ще немає уроку з позначеними частинами, де було б досить облич.</translation>
    </message>
    <message>
        <source>In brackets: 95 % interval.</source>
        <translation>У дужках: 95 % довірчий інтервал.</translation>
    </message>
    <message>
        <source>Not enough data to compare “{a}” with “{b}”.</source>
        <translation>Замало даних, щоб порівняти «{a}» і «{b}».</translation>
    </message>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n урок</numerusform>
            <numerusform>%n уроки</numerusform>
            <numerusform>%n уроків</numerusform>
        </translation>
    </message>
    <message>
        <source>In the same lessons faces looked happier during “{a}” than during “{b}”: mood index {mood}, happy expressions {happy} percentage points ({lessons}).</source>
        <translation>На тих самих уроках у частинах «{a}» обличчя мали радісніший вигляд, ніж у частинах «{b}»: індекс настрою {mood}, радісні вирази {happy} відсоткових пунктів ({lessons}).</translation>
    </message>
    <message>
        <source>In the same lessons the mood index was higher during “{a}” than during “{b}”: mood index {mood}, happy expressions {happy} percentage points ({lessons}).</source>
        <translation>На тих самих уроках у частинах «{a}» індекс настрою був вищий, ніж у частинах «{b}»: індекс настрою {mood}, радісні вирази {happy} відсоткових пунктів ({lessons}).</translation>
    </message>
    <message>
        <source>No clear difference of mood between “{a}” and “{b}” in the same lessons: mood index {mood}, happy expressions {happy} percentage points ({lessons}).</source>
        <translation>Виразної різниці настрою між частинами «{a}» і «{b}» на тих самих уроках немає: індекс настрою {mood}, радісні вирази {happy} відсоткових пунктів ({lessons}).</translation>
    </message>
    <message>
        <source>Mean over the lessons that have the kind (number in brackets), each lesson counts once, with its 95 % interval from {least} lessons on.</source>
        <translation>Середнє за уроками, де є цей вид роботи (кількість у дужках); кожен урок рахується раз; 95 % довірчий інтервал подано від {least} уроків.</translation>
    </message>
    <message>
        <source>Mood index of the kinds</source>
        <translation>Індекс настрою за видами роботи</translation>
    </message>
    <message>
        <source>Mood index</source>
        <translation>Індекс настрою</translation>
    </message>
    <message>
        <source>Each lesson is compared with itself. From {least} lessons on, the interval is Student&apos;s t over lessons: it stands for lessons like these. * Fewer lessons: the intervals within the lessons (moving-block bootstrap) put together; it stands for these lessons only. Kinds with fewer than {seconds} seconds with faces in a lesson are left out.</source>
        <translation>Кожен урок порівняно із собою. Від {least} уроків інтервал обчислено за t Стьюдента між уроками: він стосується подібних уроків. * Менше уроків: об’єднано інтервали всередині уроків (бутстреп рухомими блоками); це стосується лише цих уроків. Види роботи, що мають на уроці менше {seconds} секунд з обличчями, пропущено.</translation>
    </message>
    <message>
        <source>Differences in the same lesson</source>
        <translation>Різниці на тому самому уроці</translation>
    </message>
</context>
<context>
    <name>LessonPage</name>
    <message>
        <source>In brackets: 95 % interval. Method and all figures: below.</source>
        <translation>У дужках: 95 % довірчий інтервал. Метод і всі показники — нижче.</translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>Урок</translation>
    </message>
    <message>
        <source>Mood of a class: report of one lesson</source>
        <translation>Настрій класу: звіт про один урок</translation>
    </message>
    <message>
        <source>Classmood {version} · session {session}</source>
        <translation>Classmood {version} · сеанс {session}</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Клас</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>Учитель</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Дата</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>Записано</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Примітка</translation>
    </message>
    <message>
        <source>{length}; the session was not finished</source>
        <translation>{length}; сеанс не завершено</translation>
    </message>
    <message>
        <source>{length}, and {pauses} of pauses</source>
        <translation>{length}, і ще {pauses} перерв у записі</translation>
    </message>
    <message>
        <source>The lesson over time</source>
        <translation>Перебіг уроку</translation>
    </message>
    <message>
        <source>Whole lesson</source>
        <translation>Увесь урок</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Частина</translation>
    </message>
    <message>
        <source>seconds with faces</source>
        <translation>секунд з обличчями</translation>
    </message>
    <message>
        <source>Shares of emotions</source>
        <translation>Частки емоцій</translation>
    </message>
    <message>
        <source>Share of happy expressions minus the shares of sad, angry, fear and disgust: from {low} to {high}. The line around each point is its 95 % interval.</source>
        <translation>Частка радісних виразів мінус частки сумних, злих, переляканих і виразів відрази: від {low} до {high}. Риска довкола кожної точки — її 95 % довірчий інтервал.</translation>
    </message>
    <message>
        <source>Mood index with its 95 % interval</source>
        <translation>Індекс настрою з 95 % довірчим інтервалом</translation>
    </message>
    <message>
        <source>Mood index</source>
        <translation>Індекс настрою</translation>
    </message>
    <message>
        <source>Intervals: moving-block bootstrap of one-second intervals weighted by faces (Künsch 1989), block length {block} s chosen by Politis and White (2004, 2009), {replicates} replicates, seed {seed}, percentiles scaled for the number of blocks and for what blocks cut off. Blocks never span a gap or a pause. Below {least} seconds with faces on either side nothing is computed.</source>
        <translation>Інтервали: бутстреп рухомими блоками за односекундними відрізками, зваженими за обличчями (Künsch 1989); довжина блока {block} с, обрана за Politis і White (2004, 2009); {replicates} повторень, початкове число {seed}; процентилі виправлено на кількість блоків і на те, що блоки відтинають. Блоки не перетинають прогалин і пауз. Якщо з якогось боку менше {least} секунд з обличчями, нічого не обчислюється.</translation>
    </message>
    <message>
        <source>mood index</source>
        <translation>індекс настрою</translation>
    </message>
    <message>
        <source>Differences between kinds of segments</source>
        <translation>Різниці між видами роботи</translation>
    </message>
    <message>
        <source>Segment</source>
        <translation>Частина</translation>
    </message>
    <message>
        <source>faces</source>
        <translation>обличчя</translation>
    </message>
    <message>
        <source>Segments one by one</source>
        <translation>Частини уроку по черзі</translation>
    </message>
</context>
<context>
    <name>LessonsPage</name>
    <message>
        <source>Two lessons compared</source>
        <translation>Порівняння двох уроків</translation>
    </message>
    <message>
        <source>Chosen lessons compared</source>
        <translation>Порівняння вибраних уроків</translation>
    </message>
    <message>
        <source>Mood index</source>
        <translation>Індекс настрою</translation>
    </message>
    <message>
        <source>B minus A</source>
        <translation>B мінус A</translation>
    </message>
    <message>
        <source>The line around each point is its 95 % interval.</source>
        <translation>Риска довкола кожної точки — її 95 % довірчий інтервал.</translation>
    </message>
    <message>
        <source>Mood index of both lessons</source>
        <translation>Індекс настрою обох уроків</translation>
    </message>
    <message>
        <source>Shares of emotions</source>
        <translation>Частки емоцій</translation>
    </message>
    <message>
        <source>Whole lesson</source>
        <translation>Увесь урок</translation>
    </message>
    <message>
        <source>Differences: B minus A</source>
        <translation>Різниці: B мінус A</translation>
    </message>
    <message>
        <source>No chosen lesson has {seconds} seconds with faces: there is nothing to compare.</source>
        <translation>Жоден вибраний урок не має {seconds} секунд з обличчями: порівнювати нема чого.</translation>
    </message>
    <message>
        <source>In brackets: 95 % interval.</source>
        <translation>У дужках: 95 % довірчий інтервал.</translation>
    </message>
    <message>
        <source>Mood index over time</source>
        <translation>Індекс настрою в часі</translation>
    </message>
    <message>
        <source>Chosen lessons</source>
        <translation>Вибрані уроки</translation>
    </message>
    <message>
        <source>Too few lessons with enough faces, or all at one moment: at least {least} on different days are needed for a trend.</source>
        <translation>Замало уроків з достатньою кількістю облич, або всі вони в один момент: для тренду потрібно щонайменше {least} у різні дні.</translation>
    </message>
    <message>
        <source>The line around each point is its 95 % interval within the lesson (moving-block bootstrap).</source>
        <translation>Лінія навколо кожної точки — її 95 % інтервал у межах уроку (бутстреп рухомими блоками).</translation>
    </message>
    <message>
        <source>Mood index of the chosen lessons</source>
        <translation>Індекс настрою вибраних уроків</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Середнє</translation>
    </message>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n урок</numerusform>
            <numerusform>%n уроки</numerusform>
            <numerusform>%n уроків</numerusform>
        </translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>Урок</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>хвилин</translation>
    </message>
    <message>
        <source>mood index</source>
        <translation>індекс настрою</translation>
    </message>
    <message>
        <source>Shares in percent. Below the mean its 95 % interval over lessons (Student&apos;s t, each lesson counts once), from {least} lessons on; change in {days} days: {change}.</source>
        <translation>Частки у відсотках. Під середнім — його 95 % інтервал між уроками (t Стьюдента, кожен урок рахується один раз), від {least} уроків; зміна за {days} днів: {change}.</translation>
    </message>
    <message>
        <source>The lessons one by one</source>
        <translation>Уроки один за одним</translation>
    </message>
    <message>
        <source>no faces</source>
        <translation>немає облич</translation>
    </message>
    <message>
        <source>not enough data</source>
        <translation>замало даних</translation>
    </message>
    <message>
        <source>Not enough data to compare the two lessons: too few seconds with faces.</source>
        <translation>Замало даних, щоб порівняти ці два уроки: надто мало секунд з обличчями.</translation>
    </message>
    <message>
        <source>The mood index was higher in lesson B than in lesson A, by {mood}.</source>
        <translation>На уроці B індекс настрою був вищий, ніж на уроці A, різниця {mood}.</translation>
    </message>
    <message>
        <source>The mood index was lower in lesson B than in lesson A, by {mood}.</source>
        <translation>На уроці B індекс настрою був нижчий, ніж на уроці A, різниця {mood}.</translation>
    </message>
    <message>
        <source>No clear difference of mood between the two lessons: B minus A is {mood}.</source>
        <translation>Виразної різниці настрою між двома уроками немає: B мінус A дорівнює {mood}.</translation>
    </message>
</context>
<context>
    <name>LicencesDialog</name>
    <message>
        <source>The texts are being read…</source>
        <translation>Тексти читаються…</translation>
    </message>
    <message>
        <source>{shown} of {all} parts</source>
        <translation>{shown} з {all} частин</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>Ліцензії</translation>
    </message>
    <message>
        <source>Search names and texts</source>
        <translation>Шукати в назвах і текстах</translation>
    </message>
    <message>
        <source>Parts</source>
        <translation>Частини</translation>
    </message>
    <message>
        <source>Text of the licence</source>
        <translation>Текст ліцензії</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрити</translation>
    </message>
</context>
<context>
    <name>Limits</name>
    <message>
        <source>All figures are of the class as a whole, of those whose faces could be seen. They say nothing about any one pupil and must not be used to judge one, nor a teacher.</source>
        <translation>Усі показники стосуються класу загалом, тих, чиї обличчя було видно. Вони нічого не кажуть про окремого учня, і за ними не можна судити ні про учня, ні про вчителя.</translation>
    </message>
    <message>
        <source>A difference between segments does not show what caused it: the time of day, the subject, who was in the room and how the camera stood differ too. An interval covers chance, not such causes, and not the errors of the program.</source>
        <translation>Різниця між частинами уроку не показує своєї причини: різняться також час, тема, склад класу й місце камери. Інтервал враховує випадковість, але не такі причини й не помилки програми.</translation>
    </message>
    <message>
        <source>Lessons differ in much that is not measured: subject, hour, who was there, light, where the camera stood. A difference or trend does not show its cause and must not be used to judge a teacher or a pupil.</source>
        <translation>Уроки різняться багатьма речами, яких не виміряно: темою, часом, складом класу, світлом, місцем камери. Різниця чи тенденція не показує своєї причини, і за нею не можна судити про вчителя чи учня.</translation>
    </message>
    <message>
        <source>A label is a program&apos;s guess about an expression, not a feeling. Who smiles need not be happy, and the program errs often, more often with some people than with others.</source>
        <translation>Підпис — це здогад програми про вираз обличчя, а не почуття. Хто усміхається, не конче радіє, а програма часто помиляється, і з одними людьми частіше, ніж з іншими.</translation>
    </message>
    <message>
        <source>In the European Union, emotion recognition in schools and at workplaces is prohibited by Article 5(1)(f) of the AI Act since 2 February 2025, with or without consent, medical or safety reasons aside.</source>
        <translation>У Європейському Союзі розпізнавання емоцій у школах і на робочих місцях заборонене статтею 5(1)(f) Регламенту про штучний інтелект з 2 лютого 2025 року, за згоди чи без неї, крім медичних причин і безпеки.</translation>
    </message>
    <message>
        <source>What these figures can not tell</source>
        <translation>Чого ці показники не можуть сказати</translation>
    </message>
</context>
<context>
    <name>LiveMessages</name>
    <message>
        <source>There is no live picture. Classmood keeps looking for one.</source>
        <translation>Живого зображення немає. Classmood далі його шукає.</translation>
    </message>
    <message>
        <source>The session goes on, and the gap is marked.</source>
        <translation>Сеанс триває, а перерву буде позначено.</translation>
    </message>
    <message>
        <source>The recording has ended, and the session is paused.</source>
        <translation>Запис дійшов до кінця, сеанс призупинено.</translation>
    </message>
    <message>
        <source>End it, or open another picture and go on.</source>
        <translation>Завершіть його або відкрийте інше джерело й продовжуйте.</translation>
    </message>
    <message>
        <source>End the session</source>
        <translation>Завершити сеанс</translation>
    </message>
    <message>
        <source>The session can not be saved right now. Classmood keeps it and tries again.</source>
        <translation>Сеанс зараз не вдається зберегти. Classmood тримає його в пам’яті й пробує знову.</translation>
    </message>
    <message>
        <source>Save elsewhere…</source>
        <translation>Зберегти в іншому місці…</translation>
    </message>
    <message>
        <source>The database server does not answer. Sessions are kept on this computer meanwhile.</source>
        <translation>Сервер бази даних не відповідає. Тим часом сеанси зберігаються на цьому комп’ютері.</translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) wait.</source>
        <translation>
            <numerusform>Чекає %n сеанс.</numerusform>
            <numerusform>Чекають %n сеанси.</numerusform>
            <numerusform>Чекає %n сеансів.</numerusform>
        </translation>
    </message>
    <message>
        <source>Expressions can not be read. The picture goes on without labels.</source>
        <translation>Не вдається розпізнавати вирази облич. Зображення показується без підписів.</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>The session is saved.</source>
        <translation>Сеанс збережено.</translation>
    </message>
    <message>
        <source>Show report</source>
        <translation>Показати звіт</translation>
    </message>
</context>
<context>
    <name>ModelRow</name>
    <message>
        <source>Download ({size} MB)</source>
        <translation>Завантажити ({size} МБ)</translation>
    </message>
    <message>
        <source>Use a file…</source>
        <translation>Узяти файл…</translation>
    </message>
    <message>
        <source>The model file is being fetched…</source>
        <translation>Отримання файла моделі…</translation>
    </message>
    <message>
        <source>Its model file is here.</source>
        <translation>Файл моделі є.</translation>
    </message>
    <message>
        <source>Its model file is not here yet.</source>
        <translation>Файла моделі ще немає.</translation>
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
    <name>Quality</name>
    <message>
        <source>Faces were found in only {coverage} of the time. The figures may not stand for the class.</source>
        <translation>Обличчя знайдено лише протягом {coverage} часу. Показники можуть не відбивати стану класу.</translation>
    </message>
    <message>
        <source>The program was unsure of {unsure} of the faces. Take the figures with great care.</source>
        <translation>Програма не була певна щодо {unsure} облич. Ставтеся до показників дуже обережно.</translation>
    </message>
    <message>
        <source>Quality of the measurement</source>
        <translation>Якість вимірювання</translation>
    </message>
    <message>
        <source>good</source>
        <translation>добре</translation>
    </message>
    <message>
        <source>too dark</source>
        <translation>надто темно</translation>
    </message>
    <message>
        <source>too bright</source>
        <translation>надто світло</translation>
    </message>
    <message>
        <source>Seconds with faces</source>
        <translation>Секунд з обличчями</translation>
    </message>
    <message>
        <source>{seconds} of {all} ({share})</source>
        <translation>{seconds} з {all} ({share})</translation>
    </message>
    <message>
        <source>Faces at a time, mean</source>
        <translation>Облич водночас, у середньому</translation>
    </message>
    <message>
        <source>Faces of which the program was unsure</source>
        <translation>Обличчя, щодо яких програма не певна</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Світле</translation>
    </message>
    <message>
        <source>{light} (mean brightness {share})</source>
        <translation>{light} (середня яскравість {share})</translation>
    </message>
    <message>
        <source>Frames analysed</source>
        <translation>Проаналізовано кадрів</translation>
    </message>
    <message>
        <source>{rate} a second; {dropped} left out</source>
        <translation>{rate} за секунду; пропущено {dropped}</translation>
    </message>
    <message>
        <source>Gaps without a picture</source>
        <translation>Прогалини без зображення</translation>
    </message>
    <message>
        <source>Demo classroom</source>
        <translation>Демонстраційний клас</translation>
    </message>
    <message numerus="yes">
        <source>%n second(s)</source>
        <translation>
            <numerusform>%n секунда</numerusform>
            <numerusform>%n секунди</numerusform>
            <numerusform>%n секунд</numerusform>
        </translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Джерело</translation>
    </message>
    <message>
        <source>For {gap} of {all} there was no picture: the camera was lost, or the film was over. All figures are of the rest.</source>
        <translation>Протягом {gap} із {all} зображення не було: зникла камера або скінчилося відео. Усі показники стосуються решти.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Модель</translation>
    </message>
    <message numerus="yes">
        <source>, %n of them at the end</source>
        <translation>
            <numerusform>, з них %n наприкінці</numerusform>
            <numerusform>, з них %n наприкінці</numerusform>
            <numerusform>, з них %n наприкінці</numerusform>
        </translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>невідома</translation>
    </message>
    <message>
        <source>{model}; its accuracy is not known to this program</source>
        <translation>{model}; точність цієї моделі програмі невідома</translation>
    </message>
    <message>
        <source>{model}; it reads {accuracy} of the faces of {data} as people do (95 % interval {low} to {high}, {faces} faces, seven emotions)</source>
        <translation>{model}; {accuracy} облич із {data} вона читає так само, як люди (95 % довірчий інтервал від {low} до {high}; облич: {faces}; сім емоцій)</translation>
    </message>
    <message>
        <source>; surest with “{best}” ({most}), weakest with “{worst}” ({least})</source>
        <translation>; найпевніше «{best}» ({most}), найгірше «{worst}» ({least})</translation>
    </message>
</context>
<context>
    <name>ReportWindow</name>
    <message>
        <source>Saved as {file}</source>
        <translation>Збережено як {file}</translation>
    </message>
    <message>
        <source>The report is being made…</source>
        <translation>Звіт готується…</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Звіт</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Зберегти…</translation>
    </message>
    <message>
        <source>Save as PDF or as a web page (Ctrl+S)</source>
        <translation>Зберегти як PDF або вебсторінку (Ctrl+S)</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>Друк…</translation>
    </message>
    <message>
        <source>Print on paper (Ctrl+P)</source>
        <translation>Надрукувати на папері (Ctrl+P)</translation>
    </message>
    <message>
        <source>Open in browser</source>
        <translation>Відкрити у браузері</translation>
    </message>
    <message>
        <source>Show the report as a web page</source>
        <translation>Показати звіт як вебсторінку</translation>
    </message>
</context>
<context>
    <name>Rescue</name>
    <message>
        <source>The session goes on in {file}. Import that file in the history afterwards.</source>
        <translation>Сеанс записується далі у {file}. Потім імпортуйте цей файл в історії.</translation>
    </message>
</context>
<context>
    <name>SegmentForm</name>
    <message>
        <source>Starts at</source>
        <translation>Початок</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>Етап</translation>
    </message>
    <message>
        <source>Start of the chosen activity</source>
        <translation>Початок вибраного етапу</translation>
    </message>
    <message>
        <source>Name of the chosen activity</source>
        <translation>Назва вибраного етапу</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Додати</translation>
    </message>
    <message>
        <source>Merge</source>
        <translation>Об’єднати</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Видалити</translation>
    </message>
    <message>
        <source>Start another activity in the middle of the chosen one</source>
        <translation>Почати інший етап посередині вибраного</translation>
    </message>
    <message>
        <source>Give the chosen time to the activity before (Backspace)</source>
        <translation>Віддати час вибраного етапу попередньому (Backspace)</translation>
    </message>
    <message>
        <source>Say that there was no such activity (Del)</source>
        <translation>Такого етапу не було (Del)</translation>
    </message>
</context>
<context>
    <name>SelfCheckDialog</name>
    <message>
        <source>{name} gives no picture.</source>
        <translation>{name} не дає зображення.</translation>
    </message>
    <message>
        <source>No camera is on show, but: {name}</source>
        <translation>Показано не камеру, а: {name}</translation>
    </message>
    <message>
        <source>There is no picture.</source>
        <translation>Зображення немає.</translation>
    </message>
    <message>
        <source>Waiting for a picture…</source>
        <translation>Чекаємо на зображення…</translation>
    </message>
    <message>
        <source>Plug a camera in and choose it under Source. Files and the demo classroom need none.</source>
        <translation>Під&apos;єднайте камеру й виберіть її в меню джерел. Для файлів і демонстраційного класу камера не потрібна.</translation>
    </message>
    <message>
        <source>Checked as soon as a camera gives a picture.</source>
        <translation>Перевіримо, щойно камера дасть зображення.</translation>
    </message>
    <message>
        <source>Brightness {share}</source>
        <translation>Яскравість {share}</translation>
    </message>
    <message>
        <source>Too dark. {said}</source>
        <translation>Занадто темно. {said}</translation>
    </message>
    <message>
        <source>Switch a light on.</source>
        <translation>Увімкніть світло.</translation>
    </message>
    <message>
        <source>Too bright. {said}</source>
        <translation>Занадто яскраво. {said}</translation>
    </message>
    <message>
        <source>Draw a curtain.</source>
        <translation>Засуньте штори.</translation>
    </message>
    <message>
        <source>Against the light. {said}</source>
        <translation>Проти світла. {said}</translation>
    </message>
    <message>
        <source>Turn the camera away from the window, or draw a curtain.</source>
        <translation>Відверніть камеру від вікна або засуньте штори.</translation>
    </message>
    <message>
        <source>Good. {said}</source>
        <translation>Добре. {said}</translation>
    </message>
    <message>
        <source>No face is in the picture.</source>
        <translation>На зображенні немає жодного обличчя.</translation>
    </message>
    <message>
        <source>Sit down in front of the camera and look at it, as a pupil would.</source>
        <translation>Сядьте перед камерою й подивіться в неї, як це зробив би учень.</translation>
    </message>
    <message>
        <source>{faces}, the largest {height} pixels high</source>
        <translation>{faces}, найбільше має {height} пікселів заввишки</translation>
    </message>
    <message>
        <source>Too small to be read well: {said}</source>
        <translation>Замалі, щоб їх добре читати: {said}</translation>
    </message>
    <message>
        <source>Move the camera closer, or choose a higher resolution.</source>
        <translation>Підсуньте камеру ближче або виберіть більшу роздільність.</translation>
    </message>
    <message>
        <source>A test picture is being searched…</source>
        <translation>Шукаємо обличчя на пробному зображенні…</translation>
    </message>
    <message>
        <source>No face is found in a test picture.</source>
        <translation>На пробному зображенні не знайдено жодного обличчя.</translation>
    </message>
    <message>
        <source>Choose another face detector in the settings, or install Classmood again.</source>
        <translation>Виберіть інший спосіб пошуку облич у налаштуваннях або встановіть Classmood наново.</translation>
    </message>
    <message>
        <source>In a test picture, {faces} found and read.</source>
        <translation>На пробному зображенні знайдено й прочитано: {faces}.</translation>
    </message>
    <message>
        <source>The data folder is being checked…</source>
        <translation>Теку даних перевіряємо…</translation>
    </message>
    <message>
        <source>The data folder can not be written: {folder}</source>
        <translation>У теку даних не можна записувати: {folder}</translation>
    </message>
    <message>
        <source>Let your user write there, or start with --data-dir and another folder.</source>
        <translation>Дозвольте своєму користувачеві писати туди або запустіть програму з --data-dir та іншою текою.</translation>
    </message>
    <message>
        <source>{free} free for sessions</source>
        <translation>Вільно для сеансів: {free}</translation>
    </message>
    <message>
        <source>Free some space: a lesson takes about one megabyte.</source>
        <translation>Звільніть місце: урок займає близько одного мегабайта.</translation>
    </message>
    <message>
        <source>Self-check</source>
        <translation>Самоперевірка</translation>
    </message>
    <message>
        <source>Something needs attention</source>
        <translation>Дещо потребує уваги</translation>
    </message>
    <message>
        <source>Is everything ready for a lesson?</source>
        <translation>Чи все готово до уроку?</translation>
    </message>
    <message>
        <source>Ready, with limits</source>
        <translation>Готово, але з обмеженнями</translation>
    </message>
    <message>
        <source>Ready for a lesson</source>
        <translation>Готово до уроку</translation>
    </message>
    <message>
        <source>The check goes on while this is open. No picture is kept.</source>
        <translation>Перевірка триває, поки це вікно відкрите. Жодне зображення не зберігається.</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Камера</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Світло</translation>
    </message>
    <message>
        <source>Test face</source>
        <translation>Пробне обличчя</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Сховище</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Перевірити знову</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Пропустити</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Готово</translation>
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
    <name>SessionsModel</name>
    <message>
        <source>Date</source>
        <translation>Дата</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Тривалість</translation>
    </message>
    <message>
        <source>Course</source>
        <translation>Предмет</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Клас</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>Учитель</translation>
    </message>
    <message>
        <source>Faces</source>
        <translation>Обличчя</translation>
    </message>
    <message>
        <source>Mood</source>
        <translation>Настрій</translation>
    </message>
    <message>
        <source>Shares</source>
        <translation>Частки</translation>
    </message>
    <message>
        <source>being recorded</source>
        <translation>записується</translation>
    </message>
    <message>
        <source>waits for the server</source>
        <translation>чекає на сервер</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>перервано</translation>
    </message>
    <message>
        <source>No face was seen</source>
        <translation>Облич не було видно</translation>
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
    <name>StartMessages</name>
    <message>
        <source>Classmood ended unexpectedly the last time. What was recorded until then is saved.</source>
        <translation>Минулого разу Classmood завершився несподівано. Усе, що було записано доти, збережено.</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Копіювати подробиці</translation>
    </message>
    <message>
        <source>A session was interrupted: {lesson}, {length} recorded. Nothing of it is lost.</source>
        <translation>Сеанс перервано: {lesson}, записано {length}. Нічого з нього не втрачено.</translation>
    </message>
    <message>
        <source>Continue it</source>
        <translation>Продовжити</translation>
    </message>
    <message>
        <source>Close it</source>
        <translation>Завершити</translation>
    </message>
    <message>
        <source>The demo classroom is on show. Choose the camera first, then continue.</source>
        <translation>Зараз показано демонстраційний клас. Спершу виберіть камеру, а тоді продовжуйте.</translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message numerus="yes">
        <source>Computer too slow: %n reading(s) a second</source>
        <translation>
            <numerusform>Комп’ютер не встигає: %n читання на секунду</numerusform>
            <numerusform>Комп’ютер не встигає: %n читання на секунду</numerusform>
            <numerusform>Комп’ютер не встигає: %n читань на секунду</numerusform>
        </translation>
    </message>
    <message>
        <source>So often faces are found and read. The picture stays smooth, the boxes are carried on in between. The rate rises by itself as soon as the computer has time.</source>
        <translation>Так часто шукаються й читаються обличчя. Зображення лишається плавним, рамки між читаннями рухаються далі. Частота зросте сама, щойно комп’ютер матиме час.</translation>
    </message>
    <message numerus="yes">
        <source>Quiet: %n reading(s) a second</source>
        <translation>
            <numerusform>Тихий режим: %n читання на секунду</numerusform>
            <numerusform>Тихий режим: %n читання на секунду</numerusform>
            <numerusform>Тихий режим: %n читань на секунду</numerusform>
        </translation>
    </message>
    <message>
        <source>So often faces are found and read. The picture shows just these frames, so that the computer stays cool.</source>
        <translation>Так часто шукаються й читаються обличчя. Показано лише ці кадри, щоб комп’ютер не грівся.</translation>
    </message>
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
        <translation>Тека даних</translation>
    </message>
    <message>
        <source>classmood.db in the data folder</source>
        <translation>classmood.db у теці даних</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Відкрити</translation>
    </message>
    <message>
        <source>Empty: a file on this computer. A change is used at once; what is stored stays there.</source>
        <translation>Порожньо: файл на цьому комп’ютері. Зміна діє одразу; збережене лишається, де було.</translation>
    </message>
    <message>
        <source>It can be changed when no session is running and everything is saved.</source>
        <translation>Її можна змінити, коли немає запису сеансу і все збережено.</translation>
    </message>
    <message>
        <source>Settings, database and logs lie here. No pictures, ever.</source>
        <translation>Тут лежать налаштування, база даних і журнали. Зображень тут не буває.</translation>
    </message>
</context>
<context>
    <name>Tables</name>
    <message>
        <source>not enough data</source>
        <translation>замало даних</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>Різниця</translation>
    </message>
    <message>
        <source>mood index</source>
        <translation>індекс настрою</translation>
    </message>
    <message>
        <source>Shares in percentage points, below each its 95 % interval. Bold: the interval leaves out zero. Of twenty intervals about one misses the truth by chance alone.</source>
        <translation>Частки у відсоткових пунктах, під кожною — 95 % довірчий інтервал. Жирним: інтервал не містить нуля. З двадцяти інтервалів приблизно один хибний лише через випадок.</translation>
    </message>
    <message>
        <source>{value} ({low} to {high})</source>
        <translation>{value} (від {low} до {high})</translation>
    </message>
    <message>
        <source>{low} to {high}</source>
        <translation>{low} до {high}</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Each point is the mean over {seconds} s. All emotions have the same scale; a row is as high as its highest point. On the right: mean of the lesson. Hatched: no picture or paused.</source>
        <translation>Кожна точка — середнє за {seconds} с. Масштаб для всіх емоцій однаковий; висота ряду — його найвища точка. Праворуч — середнє за урок. Заштриховано: немає зображення або пауза.</translation>
    </message>
    <message>
        <source>Timeline of the lesson</source>
        <translation>Перебіг уроку в часі</translation>
    </message>
    <message>
        <source>mood index</source>
        <translation>індекс настрою</translation>
    </message>
    <message>
        <source>faces</source>
        <translation>обличчя</translation>
    </message>
    <message>
        <source>time from the start, minutes:seconds</source>
        <translation>час від початку, хвилини:секунди</translation>
    </message>
    <message>
        <source>time from the start, hours:minutes:seconds</source>
        <translation>час від початку, години:хвилини:секунди</translation>
    </message>
</context>
<context>
    <name>TimelineView</name>
    <message>
        <source>{name}, from {start} to {end}, {number} of {all}</source>
        <translation>{name}, від {start} до {end}, {number} з {all}</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Шкала часу</translation>
    </message>
</context>
<context>
    <name>TimelineWindow</name>
    <message>
        <source>Drag a border, or choose an activity with the arrow keys and move its start: Shift by one second, Ctrl by ten. A double click starts another activity there.</source>
        <translation>Перетягніть межу або виберіть етап стрілками й посуньте його початок: із Shift на секунду, з Ctrl на десять. Подвійне клацання починає там інший етап.</translation>
    </message>
    <message>
        <source>Nothing was recorded in this session.</source>
        <translation>У цьому сеансі нічого не записано.</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Шкала часу</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Скасувати</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Повторити</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Закрити</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Зберегти</translation>
    </message>
</context>
<context>
    <name>TrendChart</name>
    <message>
        <source>Each circle is one lesson. Line and band: straight trend with its 95 % interval, where there are enough lessons.</source>
        <translation>Кожне коло — один урок. Лінія та смуга: пряма тенденція з 95 % довірчим інтервалом, якщо уроків досить.</translation>
    </message>
    <message>
        <source>Mood index of the lessons over time</source>
        <translation>Індекс настрою уроків у часі</translation>
    </message>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n урок</numerusform>
            <numerusform>%n уроки</numerusform>
            <numerusform>%n уроків</numerusform>
        </translation>
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
        <source>Automatic</source>
        <translation>Автоматично</translation>
    </message>
    <message>
        <source>For every class, unless you know better. Uses the best of the three that this computer keeps up with, and the window says which.</source>
        <translation>Для будь-якого класу, якщо не знаєте кращого. Бере найкращий із трьох способів, за яким цей комп’ютер встигає, і вікно показує, який саме.</translation>
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
        <source>Own network</source>
        <translation>Власна мережа</translation>
    </message>
    <message>
        <source>For tilted, turned or small faces, and quick. Needs nothing else.</source>
        <translation>Для нахилених, повернутих чи малих облич, і швидко. Більше нічого не потребує.</translation>
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
        <source>Demo classroom</source>
        <translation>Демонстраційний клас</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>неясно</translation>
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
