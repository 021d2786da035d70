"""What the verbs of a name or sentence say that a call does, by the guide's words."""

from collections.abc import Sequence

from msgspec import Struct

from classifier.categories import Category
from classifier.lexicon import ACTS
from classifier.words import stem


class Action(Struct, frozen=True, gc=False):
    """A verb that was found, what it stands for, and which words of its text it covers."""

    category: Category
    verb: str
    start: int
    end: int


_VERBS: dict[Category, str] = {
    Category.READ: """
        get list search find fetch retrieve read show view describe check lookup count inspect analyze analyse
        summarize summarise validate verify compute calculate convert compare diff parse explain detect estimate
        preview format render extract browse scrape crawl look examine display lint evaluate measure monitor
        recall identify discover resolve translate decode encode query obtain recommend suggest peek poll wait
        quote simulate scan screenshot snapshot ping whoami help download audit predict classify
        score rank aggregate filter sort export trace profile debug review think ask enumerate dump tail head grep
        explore visualize visualise plot geocode subtract multiply divide answer determine echo exchange research solve
        gather observe confirm capture chat optimize optimise enrich derive translate guide access interpret survey
        glob cat hash diagnose introspect lookup locate collect gather watch is has return returns provides
        investigate assess probe judge brainstorm reason reflect infer consult advise forecast combine transform decompose
        whois greet autocomplete appraise benchmark inventory triage outline attest cite
    """,
    Category.WRITE: """
        create add update set edit patch rename move archive unarchive write put post send upload insert append
        modify change assign unassign tag label comment reply publish unpublish schedule save store register
        import attach detach link unlink mark upsert replace copy duplicate clone fork invite share follow
        unfollow subscribe unsubscribe configure enable disable toggle generate make draft commit push merge
        close reopen log record track submit sync restore undo redo complete pin unpin star unstar like unlike
        react vote bookmark approve reject block unblock mute unmute lock unlock join leave transfer
        convert remember connect login logout authenticate sign select switch use init initialize setup
        resize rotate crop annotate highlight notify forward email tweet message whitelist grant increment
        save adjust customize bulk batch split group ungroup reorder swap apply
        associate disassociate dissociate dismiss accept decline activate deactivate reactivate request refresh rename manage
        ingest index queue enqueue respond extend finalize finalise promote demote confirm end revert reverse roll merge
        acknowledge snooze escalate invite enroll enrol nominate translate claim fix correct populate seed provision embed
        hide unhide expand collapse watermark compress convert resize encrypt decrypt transcribe upscale concatenate
        stage unstage cherrypick checkout tokenize anonymize redact subscribe reply place take perform optimize draw
        allow deny permit ban kick timeout unban transition relate correlate align arrange attach pick choose book reserve
        authorize authorise renew relocate allocate resubscribe refine trim overlay protect unprotect uncomplete equip design
        dispute settle finish repost redeliver engage broadcast rewrite refactor amend paste prepend mkdir touch
        zip unzip reassign reschedule postpone unshare restrict reclassify reprioritize nudge remind ack contribute
    """,
    Category.EXECUTE: """
        run execute exec eval evaluate invoke call trigger launch start stop restart reboot deploy build compile
        install upgrade click type press tap swipe scroll hover drag navigate open goto play pause resume skip
        speak spawn test migrate scale retry rerun rollback shutdown abort dispatch delegate control turn
        dial provision load fill interact automate kick handle process submit fire boot suspend hibernate
        initiate begin perform rebuild redeploy recycle continue step attach inject disconnect force power cycle follow
        focus zoom wake sleep print drive fly land activate call proxy orchestrate simulate mine
        unpause reload drain isolate quarantine cordon uncordon recreate reprocess reinstall relaunch replay
    """,
    Category.DESTRUCTIVE: """
        delete remove destroy drop purge wipe erase truncate uninstall revoke terminate kill clear reset
        prune discard forget empty overwrite rm rmdir deprovision unregister expunge flush nuke
        obliterate deregister evict teardown invalidate cancel permanently unset rescind eliminate delist void
    """,
    Category.FINANCIAL: """
        pay refund buy sell purchase withdraw deposit trade swap stake unstake mint donate checkout charge
        payout redeem borrow repay lend tip snipe airdrop bet bid hedge liquidate unbond bond delegate undelegate bridge fund zap
    """,
}

#: What kinds of acting come to; other languages' verbs are known by their kind alone.
_KINDS: dict[Category, tuple[str, ...]] = {
    Category.READ: ("get", "search", "check", "compute", "wait", "think", "capture", "preview"),
    Category.WRITE: (
        *("create", "generate", "update", "set", "move", "attach", "send", "save"),
        *("session", "settle", "subscribe", "schedule", "manage"),
    ),
    Category.EXECUTE: ("run", "start", "stop", "deploy", "interact", "operate"),
    Category.DESTRUCTIVE: ("delete", "remove", "revoke", "clear", "cancel", "replace"),
    Category.FINANCIAL: ("pay", "trade", "transfer", "book"),
}
#: Stem of each verb with the categories that it may stand for, the usual one first.
MEANINGS: dict[str, tuple[Category, ...]] = {}
for _category, _listed in _VERBS.items():
    for _verb in dict.fromkeys(_listed.split()):
        MEANINGS[stem(_verb)] = (*MEANINGS.get(stem(_verb), ()), _category)
#: Verbs of other languages in plain letters; those in other letters are known by their letters.
_ABROAD_SPELLED = """
    obtener consultar listar mostrar obtiene lista muestra consulta devuelve recupera obtenir lister afficher
    obtient liste affiche abrufen auflisten anzeigen zeigt liefert holt ruft gibt obter recuperar exibir
    retorna getir listele getirir getirme listeleme suche suchen durchsucht buscar busca encuentra encontrar
    pesquisar pesquisa chercher recherche rechercher ara arar arama analiza analizar analyser verificar
    verifica comprobar validar kontrol calcular calcula convertir berechnet berechnen calcule hesapla hesaplar
    crear crea agregar agrega criar cria adiciona adicionar ajouter ajoute erstellt erstellen anlegen ekle
    ekler ekleme generieren generar genera gerar gera actualizar actualiza modificar modifica editar edita
    atualizar atualiza modifier modifie aktualisiert aktualisieren bearbeitet fijar establecer establece
    definir setzt ayarla ayarlar mover renombrar verschieben enviar envia responder envoyer envoie senden
    sendet versenden publicar publica publier guardar guarda salvar salva enregistrer speichern speichert
    hochladen herunterladen subir descargar baixar kaydet kaydeder indir ejecutar ejecuta executar executa
    iniciar inicia startet starten detener parar stoppt stoppen durdur instalar desplegar eliminar elimina
    borrar borra suprimir excluir exclui apagar apaga deletar deleta supprimer supprime effacer entfernt
    entfernen sil siler silme quitar remover retirer limpiar vaciar vider leeren temizle annuler stornieren
    iptal pagar reembolsar payer rembourser bezahlen comprar acheter kaufen transferir reservar buchen
    gestionar verwalten
"""
_ABROAD = frozenset(map(stem, _ABROAD_SPELLED.split()))
_OF_KIND = {kind: category for category, kinds in _KINDS.items() for kind in kinds}
for _verb, _kinds in ACTS.items():
    if _verb not in MEANINGS and _kinds[0] in _OF_KIND and (not _verb.isascii() or _verb in _ABROAD):
        MEANINGS[_verb] = (_OF_KIND[_kinds[0]],)

#: Verbs that are as often nouns in an identifier: believed at the front, elsewhere only if no other verb stands there.
_NOUNS_SPELLED = """
    post comment list order trade query log report record test run build review note label tag link message
    email profile trace snapshot screenshot quote score rank group batch bulk schedule process type press head
    tail cat share vote transfer commit fork branch star pin block lock track export import sync draft like
    tip swap charge deposit call mark sign use filter sort format debug audit monitor play control load open
    close switch help return stake mint checkout purchase payout set copy change scan watch patch hash is has
    merge release follow suspend subscribe handle access exchange guide research survey chat queue index end
    place take request power cycle force step fund bond bridge bet bid mine focus proxy book echo answer plot
    stage drive land print fix claim zoom reverse void kick design overlay forecast benchmark inventory
    outline dispute broadcast reason touch zip probe judge advise
"""
NOUNS = frozenset(_NOUNS_SPELLED.split())


def leading(words: Sequence[str]) -> Action | None:
    """The verb that names what the tool does: the first that is no noun, a noun only in front or for want of better."""
    noun = None
    for at, word in enumerate(words):
        if word in MEANINGS:
            if at == 0 or word not in NOUNS:
                return Action(MEANINGS[word][0], word, at, at + 1)
            if noun is None:
                noun = at
    return None if noun is None else Action(MEANINGS[words[noun]][0], words[noun], noun, noun + 1)
