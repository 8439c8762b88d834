<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>CompareMenu</name>
    <message numerus="yes">
        <source>The %n selected session(s)</source>
        <translation>
            <numerusform>The %n selected session</numerusform>
            <numerusform>The %n selected sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The %n session(s) on the list, over time</source>
        <translation>
            <numerusform>The %n session on the list, over time</numerusform>
            <numerusform>The %n sessions on the list, over time</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DialogPrompts</name>
    <message numerus="yes">
        <source>Delete %n session(s) for good?</source>
        <translation>
            <numerusform>Delete %n session for good?</numerusform>
            <numerusform>Delete %n sessions for good?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EraseRow</name>
    <message numerus="yes">
        <source>%n session(s) deleted.</source>
        <translation>
            <numerusform>%n session deleted.</numerusform>
            <numerusform>%n sessions deleted.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Findings</name>
    <message numerus="yes">
        <source>%n further pair(s): see the table.</source>
        <translation>
            <numerusform>%n further pair: see the table.</numerusform>
            <numerusform>%n further pairs: see the table.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Not enough data for {kind}: %n second(s) with faces, at least {least} are needed.</source>
        <translation>
            <numerusform>Not enough data for {kind}: %n second with faces, at least {least} are needed.</numerusform>
            <numerusform>Not enough data for {kind}: %n seconds with faces, at least {least} are needed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryErrands</name>
    <message numerus="yes">
        <source>%n session(s) imported.</source>
        <translation>
            <numerusform>%n session imported.</numerusform>
            <numerusform>%n sessions imported.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) were here already.</source>
        <translation>
            <numerusform>%n session was here already.</numerusform>
            <numerusform>%n sessions were here already.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryWindow</name>
    <message numerus="yes">
        <source>%n session(s)</source>
        <translation>
            <numerusform>%n session</numerusform>
            <numerusform>%n sessions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>KindPage</name>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n lesson</numerusform>
            <numerusform>%n lessons</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LessonsPage</name>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n lesson</numerusform>
            <numerusform>%n lessons</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LiveMessages</name>
    <message numerus="yes">
        <source>%n session(s) wait.</source>
        <translation>
            <numerusform>%n session waits.</numerusform>
            <numerusform>%n sessions wait.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Quality</name>
    <message numerus="yes">
        <source>%n second(s)</source>
        <translation>
            <numerusform>%n second</numerusform>
            <numerusform>%n seconds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %n of them at the end</source>
        <translation>
            <numerusform>, %n of it at the end</numerusform>
            <numerusform>, %n of them at the end</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message numerus="yes">
        <source>Computer too slow: %n reading(s) a second</source>
        <translation>
            <numerusform>Computer too slow: one reading a second</numerusform>
            <numerusform>Computer too slow: %n readings a second</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Quiet: %n reading(s) a second</source>
        <translation>
            <numerusform>Quiet: one reading a second</numerusform>
            <numerusform>Quiet: %n readings a second</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n dropped</source>
        <translation>
            <numerusform>%n dropped</numerusform>
            <numerusform>%n dropped</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TrendChart</name>
    <message numerus="yes">
        <source>%n lesson(s)</source>
        <translation>
            <numerusform>%n lesson</numerusform>
            <numerusform>%n lessons</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_Plurals</name>
    <message numerus="yes">
        <source>%n face(s)</source>
        <translation>
            <numerusform>%n face</numerusform>
            <numerusform>%n faces</numerusform>
        </translation>
    </message>
</context>
</TS>
