"""All tables of a district, with what the scenes changed in them."""

import numpy as np
import pyarrow as pa

from yijian.city.agency import run_agency
from yijian.city.assemble import agency, claims, goods, institutions, people
from yijian.city.assemble import care as care_tables
from yijian.city.assemble.district import District
from yijian.city.care import give_care
from yijian.city.goods import Books
from yijian.city.stage import Stage


def whole(d: District, stage: Stage, books: Books) -> dict[str, pa.Table]:
    """Every table by name."""
    settled, edits = claims.settled(d), stage.edits
    rng = np.random.Generator(np.random.PCG64([d.seed, d.number, 7]))
    files = run_agency(d.world, d.rows, claims.owed(d, settled), stage.unreviewed, stage.second, rng)
    care = give_care(d.world, d.rows, np.random.Generator(np.random.PCG64([d.seed, d.number, 9])))
    fee = edits.written("fee_list_d", claims.fees(d, stage.misstated))
    tables = {
        "mdtrt_d": claims.mdtrt(d), "setl_d": claims.setl(d, settled),
        "setl_list_diag_d": people.diagnoses(d, stage.beside), "setl_list_oprn_d": people.operations(d),
        "psn_info_b": people.psn_info(d), "psn_insu_d": people.psn_insu(d), "psn_absn_d": people.absences(d),
        "opsp_reg_d": people.opsp_reg(d), "staf_psn_clct_detl_d": agency.contributions(d),
        "fixmedins_b": institutions.fixmedins(d), "medins_dr_b": institutions.staff(d),
        "invinfo_d": goods.counts(d, books), "invchg_d": goods.changes(d, books), "purcinfo_d": goods.deliveries(d, books),
        "selinfo_d": goods.sales(d, books), "drug_trac_d": goods.traces(d, books, stage.trace),
        "opter_b": agency.operators(d), "opt_log_d": agency.log(d, files), "manl_reim_d": agency.reimbursements(d, files),
        "clr_d": agency.clearings(d, files), "disb_d": agency.disbursements(d, files), "agre_d": agency.agreements(d),
        "ltc_assess_d": care_tables.assessments(d, care), "ltc_plan_d": care_tables.plans(d, care),
        "ltc_serv_d": care_tables.visits(d, care),
    }  # fmt: skip
    own = np.array(d.world.inst.own)
    numbers = {"setl_list_oprn_d": np.flatnonzero(d.rows.enc["oprn"] >= 0), "fixmedins_b": np.flatnonzero(own),
               "medins_dr_b": institutions.own_staff(d.world.inst),
               "agre_d": agency.agreement_numbers(d.world.inst)}  # fmt: skip
    tables = {name: edits.written(name, table, numbers.get(name)) for name, table in tables.items()}
    return tables | {"fee_list_d": fee, "fee_list_d_corrections": claims.corrections(d, fee, stage.misstated)}
